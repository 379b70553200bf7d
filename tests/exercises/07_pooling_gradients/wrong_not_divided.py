# diagnosis: not divided by size²
def average_pool2d_gradient(x, size, stride, g):
    dx = np.zeros_like(x)
    for n, p, q, c in np.ndindex(g.shape):
        dx[n, p * stride : p * stride + size, q * stride : q * stride + size, c] += g[n, p, q, c]
    return dx
