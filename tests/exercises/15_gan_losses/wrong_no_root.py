# diagnosis: no root: the squared length
def wasserstein(real, fake, gradients, weight):
    lengths = (gradients**2).sum(axis=(1, 2, 3))
    return fake.mean() - real.mean() + weight * ((lengths - 1) ** 2).mean(), -fake.mean()
