# diagnosis: all elements are moved at once
def gradient(f, x, h):
    result = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        result[index] = (f(x + h) - f(x - h)) / (2 * h)
    return result
