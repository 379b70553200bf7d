# diagnosis: the penalty is not multiplied by its weight
def wasserstein(real, fake, gradients, weight):
    lengths = np.sqrt((gradients**2).sum(axis=(1, 2, 3)))
    return fake.mean() - real.mean() + ((lengths - 1) ** 2).mean(), -fake.mean()
