# diagnosis: elements are not put back
def gradient(f, x, h):
    x = x.copy()
    result = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        x[index] += h
        above = f(x)
        x[index] -= 2 * h
        result[index] = (above - f(x)) / (2 * h)
    return result
