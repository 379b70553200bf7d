# diagnosis: p and q are exchanged: the patches come column by column
def im2col(x, size, stride):
    N, H, W, _ = x.shape
    rows = []
    for n in range(N):
        for q in range(0, W - size + 1, stride):
            for p in range(0, H - size + 1, stride):
                rows.append(x[n, p : p + size, q : q + size].ravel())
    return np.array(rows)
