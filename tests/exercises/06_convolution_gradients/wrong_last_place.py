# diagnosis: `=` for `+=`: only the last place counts
def kernel_gradient(A, g):
    h, w = g.shape
    k = A.shape[0] - h + 1
    for x in range(h):
        for y in range(w):
            dK = A[x : x + k, y : y + k] * g[x, y]
    return dK
