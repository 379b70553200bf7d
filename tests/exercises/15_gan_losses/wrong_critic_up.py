# diagnosis: E real − E fake: real and fake are exchanged
def wasserstein(real, fake, gradients, weight):
    lengths = np.sqrt((gradients**2).sum(axis=(1, 2, 3)))
    return real.mean() - fake.mean() + weight * ((lengths - 1) ** 2).mean(), -fake.mean()
