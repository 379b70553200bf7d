# diagnosis: the forward difference instead of the central one
def derivative(f, x, h):
    return (f(x + h) - f(x)) / h
