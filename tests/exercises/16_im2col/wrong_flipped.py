# diagnosis: the kernel is flipped
_as_it_is = conv2d


def conv2d(x, kernel, stride):
    return _as_it_is(x, np.flip(kernel, (0, 1)), stride)
