# diagnosis: `//` for `/`: the quotient is rounded down
def gradient(f, x, h):
    result = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        step = np.zeros(x.shape)
        step[index] = h
        result[index] = (f(x + step) - f(x - step)) // (2 * h)
    return result
