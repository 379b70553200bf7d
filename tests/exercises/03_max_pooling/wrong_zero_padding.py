# diagnosis: padding with 0 instead of −∞
def max_pool2d_padded(x, size, stride, padding):
    border = (padding, padding)
    return max_pool2d(np.pad(x, [(0, 0), border, border, (0, 0)]), size, stride)
