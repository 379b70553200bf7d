# diagnosis: windows reach over the edge
_inside = max_pool2d


def max_pool2d(x, size, stride):
    N, H, W, C = x.shape
    f = np.zeros((N, (H - 1) // stride + 1, (W - 1) // stride + 1, C))
    for p, q in np.ndindex(f.shape[1:3]):
        row, column = p * stride, q * stride
        f[:, p, q] = x[:, row : row + size, column : column + size].max(axis=(1, 2))
    return f


def max_pool2d_padded(x, size, stride, padding):
    border = (padding, padding)
    widths = [(0, 0), border, border, (0, 0)]
    return _inside(np.pad(x, widths, constant_values=-np.inf), size, stride)
