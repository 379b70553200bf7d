# diagnosis: γ is left out
def batch_norm_gradient(x, gamma, gradient, epsilon):
    s = 1 / np.sqrt(x.var(AXES) + epsilon)
    h = (x - x.mean(AXES)) * s
    return s * (gradient - gradient.mean(AXES) - h * (gradient * h).mean(AXES))
