# diagnosis: the last row and column of patches are missing
_all_rows = im2col


def im2col(x, size, stride):
    N, H, W, C = x.shape
    rows = []
    for n in range(N):
        for p in range((H - size) // stride):
            for q in range((W - size) // stride):
                patch = x[n, p * stride : p * stride + size, q * stride : q * stride + size]
                rows.append(patch.ravel())
    return np.array(rows).reshape(-1, size * size * C)


def conv2d(x, kernel, stride):
    N, H, W, _ = x.shape
    size, F = len(kernel), kernel.shape[3]
    P, Q = (H - size) // stride + 1, (W - size) // stride + 1
    return (_all_rows(x, size, stride) @ kernel.reshape(-1, F)).reshape(N, P, Q, F)
