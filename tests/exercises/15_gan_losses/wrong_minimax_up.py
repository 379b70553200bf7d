# diagnosis: minimax: a minus sign too many, as in the discriminator's loss
def generator_losses(fake):
    return softplus(fake).mean(), softplus(-fake).mean()
