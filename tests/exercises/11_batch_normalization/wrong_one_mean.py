# diagnosis: one mean for all channels
def batch_norm(x, gamma, beta, epsilon):
    h = (x - np.mean(x)) / np.sqrt(np.var(x) + epsilon)
    return gamma * h + beta
