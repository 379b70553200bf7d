# diagnosis: reshape for transpose: filters and places of the result are mixed
def conv2d(x, kernel, stride):
    N, H, W, _ = x.shape
    size, F = len(kernel), kernel.shape[3]
    P, Q = (H - size) // stride + 1, (W - size) // stride + 1
    f = im2col(x, size, stride) @ kernel.reshape(-1, F)
    return f.reshape(N, F, P, Q).transpose(0, 2, 3, 1)
