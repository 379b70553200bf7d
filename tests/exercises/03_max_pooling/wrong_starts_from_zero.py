# diagnosis: starts from 0: negative numbers are lost
_largest = max_pool2d


def max_pool2d(x, size, stride):
    return np.maximum(_largest(x, size, stride), 0)


def max_pool2d_padded(x, size, stride, padding):
    border = (padding, padding)
    widths = [(0, 0), border, border, (0, 0)]
    return _largest(np.pad(x, widths, constant_values=-np.inf), size, stride)
