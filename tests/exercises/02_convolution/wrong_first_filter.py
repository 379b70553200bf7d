# diagnosis: all filters are the first
def conv2d(x, kernel):
    windows = np.lib.stride_tricks.sliding_window_view(x, kernel.shape[:2], axis=(1, 2))
    f = np.einsum("npqcij,ijc->npq", windows, kernel[..., 0])
    return np.stack([f] * kernel.shape[3], axis=-1)


def conv2d_same(x, kernel):
    before = (len(kernel) - 1) // 2
    border = (before, len(kernel) - 1 - before)
    padded = np.pad(x, [(0, 0), border, border, (0, 0)])
    windows = np.lib.stride_tricks.sliding_window_view(padded, kernel.shape[:2], axis=(1, 2))
    return np.einsum("npqcij,ijcm->npqm", windows, kernel)
