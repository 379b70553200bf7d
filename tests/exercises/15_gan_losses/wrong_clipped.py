# diagnosis: σ is clipped: the loss of large scores is lost
def sigmoid(s):
    return np.clip(1 / (1 + np.exp(-s)), 1e-7, 1 - 1e-7)


def discriminator_loss(real, fake):
    return -np.log(sigmoid(real)).mean() - np.log(1 - sigmoid(fake)).mean()


def generator_losses(fake):
    return np.log(1 - sigmoid(fake)).mean(), -np.log(sigmoid(fake)).mean()
