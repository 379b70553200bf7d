# diagnosis: divided by h instead of 2 h
def derivative(f, x, h):
    return (f(x + h) - f(x - h)) / h
