# diagnosis: the derivatives are taken at what comes out instead of in
def chain(functions, derivatives, x):
    result = 1.0
    for f, slope in zip(functions, derivatives, strict=True):
        x = f(x)
        result *= slope(x)
    return result
