# diagnosis: `=` for `+=`: overlapping windows lose gradient
def max_pool2d_gradient(x, size, stride, g):
    dx = np.zeros_like(x)
    for n, p, q, c in np.ndindex(g.shape):
        row, column = p * stride, q * stride
        window = x[n, row : row + size, column : column + size, c]
        i, j = np.unravel_index(window.argmax(), window.shape)
        dx[n, row + i, column + j, c] = g[n, p, q, c]
    return dx
