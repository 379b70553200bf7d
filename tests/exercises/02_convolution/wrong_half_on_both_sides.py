# diagnosis: k // 2 zeros on both sides: too many for an even k
def conv2d_same(x, kernel):
    half = len(kernel) // 2
    return conv2d(np.pad(x, [(0, 0), (half, half), (half, half), (0, 0)]), kernel)
