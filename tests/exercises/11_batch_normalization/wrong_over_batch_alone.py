# diagnosis: a mean for each pixel: over N alone
def batch_norm(x, gamma, beta, epsilon):
    return gamma * (x - x.mean(0)) / np.sqrt(x.var(0) + epsilon) + beta
