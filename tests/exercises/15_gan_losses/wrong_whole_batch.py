# diagnosis: one length for the whole batch instead of one for each image
def wasserstein(real, fake, gradients, weight):
    length = np.sqrt((gradients**2).sum())
    return fake.mean() - real.mean() + weight * (length - 1) ** 2, -fake.mean()
