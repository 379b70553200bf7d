# diagnosis: divided by the variance: the root is missing
def batch_norm(x, gamma, beta, epsilon):
    centred = x - x.mean(AXES)
    return gamma * centred / ((centred**2).mean(AXES) + epsilon) + beta
