# diagnosis: a mean where patches overlap, instead of a sum
_sum = col2im


def col2im(columns, shape, size, stride):
    times = _sum(np.ones(columns.shape), shape, size, stride)
    return _sum(columns, shape, size, stride) / np.where(times == 0, 1, times)
