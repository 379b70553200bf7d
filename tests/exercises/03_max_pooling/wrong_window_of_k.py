# diagnosis: a k × k window instead of four corners
def max_pooling(A, k):
    return max_pool2d(A[None, :, :, None], k, 1)[0, :, :, 0]
