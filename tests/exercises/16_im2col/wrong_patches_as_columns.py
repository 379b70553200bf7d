# diagnosis: patches are columns instead of rows
_rows = im2col


def im2col(x, size, stride):
    return _rows(x, size, stride).T


def conv2d(x, kernel, stride):
    N, H, W, _ = x.shape
    size, F = len(kernel), kernel.shape[3]
    P, Q = (H - size) // stride + 1, (W - size) // stride + 1
    return (kernel.reshape(-1, F).T @ im2col(x, size, stride)).T.reshape(N, P, Q, F)
