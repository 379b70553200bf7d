# diagnosis: the mean instead of the largest
_largest = max_pool2d


def max_pool2d(x, size, stride):
    windows = np.lib.stride_tricks.sliding_window_view(x, (size, size), axis=(1, 2))
    return windows[:, ::stride, ::stride].mean(axis=(-2, -1))


def max_pool2d_padded(x, size, stride, padding):
    border = (padding, padding)
    widths = [(0, 0), border, border, (0, 0)]
    return _largest(np.pad(x, widths, constant_values=-np.inf), size, stride)
