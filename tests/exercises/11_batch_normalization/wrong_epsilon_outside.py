# diagnosis: ε stands outside the root
def batch_norm(x, gamma, beta, epsilon):
    return gamma * (x - x.mean(AXES)) / (x.std(AXES) + epsilon) + beta
