# diagnosis: k is left out: the corners are 1 apart
def max_pooling(A, k):
    return np.maximum.reduce([A[:-1, :-1], A[1:, :-1], A[:-1, 1:], A[1:, 1:]])
