# diagnosis: every derivative is taken at x
def chain(functions, derivatives, x):
    result = 1.0
    for slope in derivatives:
        result *= slope(x)
    return result
