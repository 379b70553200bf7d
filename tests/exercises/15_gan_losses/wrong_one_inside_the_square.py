# diagnosis: ‖g‖² − 1 instead of (‖g‖ − 1)²
def wasserstein(real, fake, gradients, weight):
    lengths = np.sqrt((gradients**2).sum(axis=(1, 2, 3)))
    return fake.mean() - real.mean() + weight * (lengths**2 - 1).mean(), -fake.mean()
