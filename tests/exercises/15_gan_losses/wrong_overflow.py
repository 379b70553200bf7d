# diagnosis: log σ is not exact: infinite for large scores
def discriminator_loss(real, fake):
    sigma_real, sigma_fake = 1 / (1 + np.exp(-real)), 1 / (1 + np.exp(-fake))
    return -np.log(sigma_real).mean() - np.log(1 - sigma_fake).mean()
