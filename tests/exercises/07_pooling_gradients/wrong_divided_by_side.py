# diagnosis: divided by size instead of size²
def average_pool2d_gradient(x, size, stride, g):
    dx = np.zeros_like(x)
    for n, p, q, c in np.ndindex(g.shape):
        window = np.s_[n, p * stride : p * stride + size, q * stride : q * stride + size, c]
        dx[window] += g[n, p, q, c] / size
    return dx
