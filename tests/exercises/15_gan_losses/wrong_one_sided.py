# diagnosis: only lengths above 1 are penalised
def wasserstein(real, fake, gradients, weight):
    lengths = np.sqrt((gradients**2).sum(axis=(1, 2, 3)))
    penalty = np.where(lengths > 1, (lengths - 1) ** 2, 0).mean()
    return fake.mean() - real.mean() + weight * penalty, -fake.mean()
