# diagnosis: mean and variance are taken for constants
def batch_norm_gradient(x, gamma, gradient, epsilon):
    return gradient * gamma / np.sqrt(x.var(AXES) + epsilon)
