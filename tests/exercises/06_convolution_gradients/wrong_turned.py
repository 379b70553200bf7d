# diagnosis: the kernel is turned by 180°
def image_gradient(K, g):
    k = len(K)
    padded = np.pad(g, k - 1)
    windows = np.lib.stride_tricks.sliding_window_view(padded, (k, k))
    return (windows * K).sum(axis=(2, 3))
