# diagnosis: the last of equal numbers gets the gradient
def max_pool2d_gradient(x, size, stride, g):
    dx = np.zeros_like(x)
    for n, p, q, c in np.ndindex(g.shape):
        largest, at = -np.inf, None
        for i in range(p * stride, p * stride + size):
            for j in range(q * stride, q * stride + size):
                if x[n, i, j, c] >= largest:
                    largest, at = x[n, i, j, c], (n, i, j, c)
        dx[at] += g[n, p, q, c]
    return dx
