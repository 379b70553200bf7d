# diagnosis: only the last image counts
def conv2d_kernel_gradient(x, g):
    for image, gradient in zip(x, g, strict=True):
        windows = np.lib.stride_tricks.sliding_window_view(image, g.shape[1:3], axis=(0, 1))
        result = np.einsum("ijcpq,pqm->ijcm", windows, gradient)
    return result
