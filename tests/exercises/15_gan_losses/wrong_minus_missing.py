# diagnosis: the minus signs are missing
def discriminator_loss(real, fake):
    return -softplus(-real).mean() - softplus(fake).mean()
