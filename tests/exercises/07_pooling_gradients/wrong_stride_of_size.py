# diagnosis: the windows move by their size instead of the stride
def max_pool2d_gradient(x, size, stride, g):
    dx = np.zeros_like(x)
    N, H, W, C = x.shape
    for n, p, q, c in np.ndindex(N, min(H // size, g.shape[1]), min(W // size, g.shape[2]), C):
        window = x[n, p * size : (p + 1) * size, q * size : (q + 1) * size, c]
        i, j = np.unravel_index(window.argmax(), window.shape)
        dx[n, p * size + i, q * size + j, c] += g[n, p, q, c]
    return dx
