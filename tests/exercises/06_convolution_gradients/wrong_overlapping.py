# diagnosis: `=` for `+=`: overlapping windows lose gradient
def image_gradient(K, g):
    k = len(K)
    h, w = g.shape
    dA = np.zeros((h + k - 1, w + k - 1))
    for x in range(h):
        for y in range(w):
            for i in range(k):
                for j in range(k):
                    dA[x + i, y + j] = K[i, j] * g[x, y]
    return dA
