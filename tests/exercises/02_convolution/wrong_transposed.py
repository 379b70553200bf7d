# diagnosis: the kernel is transposed: i and j are exchanged
def convolution(A, K):
    k = len(K)
    f = np.zeros((A.shape[0] - k + 1, A.shape[1] - k + 1))
    for x, y in np.ndindex(f.shape):
        f[x, y] = (A[x : x + k, y : y + k] * K.T).sum()
    return f
