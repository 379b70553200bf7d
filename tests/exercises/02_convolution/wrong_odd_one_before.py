# diagnosis: the odd row and column of zeros stand before the image
def conv2d_same(x, kernel):
    after = (len(kernel) - 1) // 2
    border = (len(kernel) - 1 - after, after)
    return conv2d(np.pad(x, [(0, 0), border, border, (0, 0)]), kernel)
