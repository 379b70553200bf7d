# diagnosis: patches begin their size apart instead of the stride
_by_stride = im2col


def im2col(x, size, stride):
    N, H, W, C = x.shape
    patches = x[:, : H // size * size, : W // size * size]
    patches = patches.reshape(N, H // size, size, W // size, size, C)
    return patches.transpose(0, 1, 3, 2, 4, 5).reshape(-1, size * size * C)


def conv2d(x, kernel, stride):
    N, H, W, _ = x.shape
    size, F = len(kernel), kernel.shape[3]
    P, Q = (H - size) // stride + 1, (W - size) // stride + 1
    return (_by_stride(x, size, stride) @ kernel.reshape(-1, F)).reshape(N, P, Q, F)
