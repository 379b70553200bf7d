# diagnosis: a number instead of one for each element
def gradient(f, x, h):
    return derivative(f, x, h)
