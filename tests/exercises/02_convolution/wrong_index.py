# diagnosis: raises IndexError
def convolution(A, K):
    k = len(K)
    f = np.zeros(A.shape)
    for x, y in np.ndindex(f.shape):
        for i in range(k):
            for j in range(k):
                f[x, y] += A[x + i, y + j] * K[i, j]
    return f
