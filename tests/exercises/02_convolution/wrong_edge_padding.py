# diagnosis: padding with the edge instead of 0
def conv2d_same(x, kernel):
    before = (len(kernel) - 1) // 2
    border = (before, len(kernel) - 1 - before)
    return conv2d(np.pad(x, [(0, 0), border, border, (0, 0)], mode="edge"), kernel)
