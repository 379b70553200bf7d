# diagnosis: n − 1 instead of n in the variance
def batch_norm(x, gamma, beta, epsilon):
    variance = np.var(x, axis=AXES, ddof=1)
    return gamma * (x - x.mean(AXES)) / np.sqrt(variance + epsilon) + beta
