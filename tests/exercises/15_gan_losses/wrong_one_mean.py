# diagnosis: one mean over all scores together
def discriminator_loss(real, fake):
    scores = np.concatenate([real, fake])
    is_real = np.arange(len(scores)) < len(real)
    return np.where(is_real, softplus(-scores), softplus(scores)).mean()
