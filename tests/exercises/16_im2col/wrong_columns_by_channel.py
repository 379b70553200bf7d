# diagnosis: each patch is channel by channel instead of pixel by pixel
def col2im(columns, shape, size, stride):
    N, H, W, C = shape
    x, rows = np.zeros(shape), iter(columns)
    for n in range(N):
        for p in range(0, H - size + 1, stride):
            for q in range(0, W - size + 1, stride):
                patch = next(rows).reshape(C, size, size)
                x[n, p : p + size, q : q + size] += np.moveaxis(patch, 0, -1)
    return x
