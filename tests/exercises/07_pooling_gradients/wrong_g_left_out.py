# diagnosis: g is left out: each largest number counts 1
def max_pooling_gradient(A, k, g):
    result = np.zeros_like(A)
    for x, y in np.ndindex(g.shape):
        corners = [(x, y), (x + k, y), (x, y + k), (x + k, y + k)]
        result[max(corners, key=lambda corner: A[corner])] += 1
    return result
