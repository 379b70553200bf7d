# diagnosis: i and j are exchanged: each patch is transposed
def im2col(x, size, stride):
    N, H, W, _ = x.shape
    rows = []
    for n in range(N):
        for p in range(0, H - size + 1, stride):
            for q in range(0, W - size + 1, stride):
                rows.append([x[n, p + i, q + j] for j in range(size) for i in range(size)])
    return np.array(rows).reshape(len(rows), -1)
