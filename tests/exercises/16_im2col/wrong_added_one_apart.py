# diagnosis: the stride is left out: patches begin 1 apart
def col2im(columns, shape, size, stride):
    N, H, W, C = shape
    P, Q = (H - size) // stride + 1, (W - size) // stride + 1
    patches = columns.reshape(N, P, Q, size, size, C)
    x = np.zeros(shape)
    for p in range(P):
        for q in range(Q):
            x[:, p : p + size, q : q + size] += patches[:, p, q]
    return x
