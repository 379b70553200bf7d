# diagnosis: k is left out: the corners are 1 apart
def max_pooling_gradient(A, k, g):
    result = np.zeros_like(A)
    for x, y in np.ndindex(g.shape):
        corners = [(x, y), (x + 1, y), (x, y + 1), (x + 1, y + 1)]
        result[max(corners, key=lambda corner: A[corner])] += g[x, y]
    return result
