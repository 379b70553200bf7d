# diagnosis: real and fake are exchanged
def discriminator_loss(real, fake):
    return softplus(real).mean() + softplus(-fake).mean()
