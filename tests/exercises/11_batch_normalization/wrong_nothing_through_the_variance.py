# diagnosis: the part through the variance is missing
def batch_norm_gradient(x, gamma, gradient, epsilon):
    s = 1 / np.sqrt(x.var(AXES) + epsilon)
    return gamma * s * (gradient - gradient.mean(AXES))
