# diagnosis: channels and filters are exchanged
def conv2d_kernel_gradient(x, g):
    windows = np.lib.stride_tricks.sliding_window_view(x, g.shape[1:3], axis=(1, 2))
    return np.einsum("nijcpq,npqm->ijmc", windows, g)
