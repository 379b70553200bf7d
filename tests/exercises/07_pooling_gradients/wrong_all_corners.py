# diagnosis: the gradient goes to the four corners alike
def max_pooling_gradient(A, k, g):
    result = np.zeros_like(A)
    h, w = g.shape
    for i in (0, k):
        for j in (0, k):
            result[i : i + h, j : j + w] += g
    return result
