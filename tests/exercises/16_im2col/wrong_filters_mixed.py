# diagnosis: reshape for transpose: the filters' numbers are mixed
def conv2d(x, kernel, stride):
    N, H, W, _ = x.shape
    size, F = len(kernel), kernel.shape[3]
    P, Q = (H - size) // stride + 1, (W - size) // stride + 1
    return (im2col(x, size, stride) @ kernel.reshape(F, -1).T).reshape(N, P, Q, F)
