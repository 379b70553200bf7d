# diagnosis: `=` for `+=`: overlapping windows lose gradient
def conv2d_input_gradient(kernel, g):
    k, _, C, _ = kernel.shape
    N, h, w, _ = g.shape
    dx = np.zeros((N, h + k - 1, w + k - 1, C))
    for p in range(h):
        for q in range(w):
            dx[:, p : p + k, q : q + k] = np.einsum("ijcm,nm->nijc", kernel, g[:, p, q])
    return dx
