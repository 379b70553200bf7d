# diagnosis: no padding
def max_pool2d_padded(x, size, stride, padding):
    return max_pool2d(x, size, stride)
