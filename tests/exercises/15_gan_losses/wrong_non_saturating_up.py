# diagnosis: non-saturating: the minus sign is missing
def generator_losses(fake):
    return -softplus(fake).mean(), -softplus(-fake).mean()
