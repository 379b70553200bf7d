# diagnosis: the whole window between the corners
def max_pooling(A, k):
    return max_pool2d(A[None, :, :, None], k + 1, 1)[0, :, :, 0]
