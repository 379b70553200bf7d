# diagnosis: `1 −` is left out: log σ(fake)
def discriminator_loss(real, fake):
    return np.logaddexp(0, -real).mean() + np.logaddexp(0, -fake).mean()
