# diagnosis: the stride is left out: patches begin 1 apart
def im2col(x, size, stride):
    N, H, W, _ = x.shape
    rows = []
    for n in range(N):
        for p in range(H - size + 1):
            for q in range(W - size + 1):
                rows.append(x[n, p : p + size, q : q + size].ravel())
    return np.array(rows)


def conv2d(x, kernel, stride):
    N, H, W, _ = x.shape
    size, F = len(kernel), kernel.shape[3]
    f = im2col(x, size, stride) @ kernel.reshape(-1, F)
    return f.reshape(N, H - size + 1, W - size + 1, F)
