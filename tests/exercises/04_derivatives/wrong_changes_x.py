# diagnosis: changes its argument x
def gradient(f, x, h):
    result = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        before = x[index]
        x[index] += h
        above = f(x)
        x[index] -= 2 * h
        result[index] = (above - f(x)) / (2 * h)
        x[index] = before + h / 2
    return result
