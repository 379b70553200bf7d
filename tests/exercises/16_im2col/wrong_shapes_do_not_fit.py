# diagnosis: raises ValueError
def conv2d(x, kernel, stride):
    N, H, W, _ = x.shape
    size, F = len(kernel), kernel.shape[3]
    f = im2col(x, size, stride) @ kernel.reshape(-1, F)
    return f.reshape(N, H - size + 1, W - size + 1, F)
