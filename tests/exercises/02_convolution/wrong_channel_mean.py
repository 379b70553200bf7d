# diagnosis: a mean over the channels instead of a sum
_sum_over_channels = conv2d


def conv2d(x, kernel):
    return _sum_over_channels(x, kernel) / x.shape[-1]


def conv2d_same(x, kernel):
    before = (len(kernel) - 1) // 2
    border = (before, len(kernel) - 1 - before)
    return _sum_over_channels(np.pad(x, [(0, 0), border, border, (0, 0)]), kernel)
