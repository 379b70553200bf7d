# diagnosis: returns None
def max_pool2d_padded(x, size, stride, padding):
    border = (padding, padding)
    widths = [(0, 0), border, border, (0, 0)]
    max_pool2d(np.pad(x, widths, constant_values=-np.inf), size, stride)
