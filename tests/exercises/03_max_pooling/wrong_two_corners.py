# diagnosis: only two of the four corners
def max_pooling(A, k):
    H, W = A.shape
    f = np.zeros((H - k, W - k))
    for x in range(H - k):
        for y in range(W - k):
            f[x, y] = max(A[x, y], A[x + k, y + k])
    return f
