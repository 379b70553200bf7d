# diagnosis: each patch is channel by channel instead of pixel by pixel
def im2col(x, size, stride):
    windows = np.lib.stride_tricks.sliding_window_view(x, (size, size), axis=(1, 2))
    return windows[:, ::stride, ::stride].reshape(-1, x.shape[3] * size * size)
