# diagnosis: the last row and column are missing
def convolution(A, K):
    k = len(K)
    f = np.zeros((A.shape[0] - k, A.shape[1] - k))
    for x, y in np.ndindex(f.shape):
        f[x, y] = (A[x : x + k, y : y + k] * K).sum()
    return f
