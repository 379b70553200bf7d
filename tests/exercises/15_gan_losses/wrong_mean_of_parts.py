# diagnosis: half of it: the mean of the two parts
def discriminator_loss(real, fake):
    return np.mean([softplus(-real).mean(), softplus(fake).mean()])
