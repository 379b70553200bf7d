# diagnosis: `=` for `+=`: where patches overlap, only the last counts
def col2im(columns, shape, size, stride):
    N, H, W, C = shape
    x, row = np.zeros(shape), 0
    for n in range(N):
        for p in range(0, H - size + 1, stride):
            for q in range(0, W - size + 1, stride):
                x[n, p : p + size, q : q + size] = columns[row].reshape(size, size, C)
                row += 1
    return x
