# diagnosis: no border: windows that reach over the edge of g are missing
def image_gradient(K, g):
    k = len(K)
    windows = np.lib.stride_tricks.sliding_window_view(g, (k, k))
    return (windows * K[::-1, ::-1]).sum(axis=(2, 3))
