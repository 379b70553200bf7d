# diagnosis: a mean over the places instead of a sum
def kernel_gradient(A, g):
    h, w = g.shape
    windows = np.lib.stride_tricks.sliding_window_view(A, (h, w))
    return (windows * g).mean(axis=(2, 3))
