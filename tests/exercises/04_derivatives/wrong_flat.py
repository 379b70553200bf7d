# diagnosis: the result is flat instead of of x's shape
def gradient(f, x, h):
    slopes = []
    for index in np.ndindex(x.shape):
        up, down = x.copy(), x.copy()
        up[index] += h
        down[index] -= h
        slopes.append((f(up) - f(down)) / (2 * h))
    return np.array(slopes)
