# diagnosis: the kernel is not transposed
def dense_gradients(x, kernel, gradient):
    return np.dot(gradient, kernel), x.T @ gradient, gradient.sum(axis=0)
