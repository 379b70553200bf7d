# diagnosis: the means run over all channels
def batch_norm_gradient(x, gamma, gradient, epsilon):
    s = 1 / np.sqrt(x.var(AXES) + epsilon)
    h = (x - x.mean(AXES)) * s
    return gamma * s * (gradient - gradient.mean() - h * (gradient * h).mean())
