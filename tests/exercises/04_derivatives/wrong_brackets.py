# diagnosis: brackets are missing: divided by 2, times h
def derivative(f, x, h):
    return (f(x + h) - f(x - h)) / 2 * h
