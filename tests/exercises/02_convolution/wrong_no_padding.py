# diagnosis: no padding
def conv2d_same(x, kernel):
    return conv2d(x, kernel)
