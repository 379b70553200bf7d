# diagnosis: the channels are not summed: only the last counts
def conv2d(x, kernel):
    for c in range(x.shape[3]):
        f = _of_channel(x[..., c], kernel[:, :, c])
    return f


def _of_channel(x, kernel):
    windows = np.lib.stride_tricks.sliding_window_view(x, kernel.shape[:2], axis=(1, 2))
    return np.einsum("npqij,ijm->npqm", windows, kernel)


def conv2d_same(x, kernel):
    before = (len(kernel) - 1) // 2
    border = (before, len(kernel) - 1 - before)
    padded = np.pad(x, [(0, 0), border, border, (0, 0)])
    return sum(_of_channel(padded[..., c], kernel[:, :, c]) for c in range(x.shape[3]))
