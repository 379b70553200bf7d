# diagnosis: the result is a matrix: its axes N, P, Q are not restored
def conv2d(x, kernel, stride):
    return im2col(x, len(kernel), stride) @ kernel.reshape(-1, kernel.shape[-1])
