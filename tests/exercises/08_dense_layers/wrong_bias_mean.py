# diagnosis: the gradient by bias is a mean over the examples
def dense_gradients(x, kernel, gradient):
    return gradient @ kernel.T, x.T @ gradient, np.mean(gradient, axis=0)
