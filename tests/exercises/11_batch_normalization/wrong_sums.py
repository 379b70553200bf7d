# diagnosis: sums instead of means: 1/n is missing
def batch_norm_gradient(x, gamma, gradient, epsilon):
    s = 1 / np.sqrt(x.var(AXES) + epsilon)
    h = (x - x.mean(AXES)) * s
    return gamma * s * (gradient - gradient.sum(AXES) - h * (gradient * h).sum(AXES))
