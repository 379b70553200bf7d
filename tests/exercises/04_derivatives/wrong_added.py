# diagnosis: the derivatives are added instead of multiplied
def chain(functions, derivatives, x):
    result = 0.0
    for f, slope in zip(functions, derivatives, strict=True):
        result += slope(x)
        x = f(x)
    return result
