# diagnosis: the kernel is flipped
def convolution(A, K):
    k = len(K)
    f = np.zeros((A.shape[0] - k + 1, A.shape[1] - k + 1))
    for x, y in np.ndindex(f.shape):
        for i in range(k):
            for j in range(k):
                f[x, y] += A[x + k - 1 - i, y + k - 1 - j] * K[i, j]
    return f
