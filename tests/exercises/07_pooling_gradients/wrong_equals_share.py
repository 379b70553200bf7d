# diagnosis: equal numbers share the gradient
def max_pool2d_gradient(x, size, stride, g):
    dx = np.zeros_like(x)
    for n, p, q, c in np.ndindex(g.shape):
        window = np.s_[n, p * stride : p * stride + size, q * stride : q * stride + size, c]
        largest = x[window] == x[window].max()
        dx[window] += largest / largest.sum() * g[n, p, q, c]
    return dx
