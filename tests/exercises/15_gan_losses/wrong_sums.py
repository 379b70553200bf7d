# diagnosis: a sum over the batch instead of a mean
def discriminator_loss(real, fake):
    return softplus(-real).sum() + softplus(fake).sum()


def generator_losses(fake):
    return -softplus(fake).sum(), softplus(-fake).sum()


def least_squares(real, fake):
    return ((real - 1) ** 2).sum() / 2 + (fake**2).sum() / 2, ((fake - 1) ** 2).sum() / 2
