# diagnosis: place by place instead of image by image
def im2col(x, size, stride):
    N, H, W, _ = x.shape
    rows = []
    for p in range(0, H - size + 1, stride):
        for q in range(0, W - size + 1, stride):
            rows.append(x[:, p : p + size, q : q + size].reshape(N, -1))
    return np.concatenate(rows)
