# diagnosis: the generator's loss is missing
def wasserstein(real, fake, gradients, weight):
    lengths = np.sqrt((gradients**2).sum(axis=(1, 2, 3)))
    return fake.mean() - real.mean() + weight * ((lengths - 1) ** 2).mean()
