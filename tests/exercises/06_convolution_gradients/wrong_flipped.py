# diagnosis: the kernel's gradient is flipped
def kernel_gradient(A, g):
    h, w = g.shape
    k = A.shape[0] - h + 1
    dK = np.zeros((k, k))
    for i in range(k):
        for j in range(k):
            dK[k - 1 - i, k - 1 - j] = (A[i : i + h, j : j + w] * g).sum()
    return dK
