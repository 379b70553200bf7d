# diagnosis: raises ValueError
def discriminator_loss(real, fake):
    return np.mean(softplus(-real) + softplus(fake))
