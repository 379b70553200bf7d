# diagnosis: the new is added whole: 1 − momentum is missing
def moving_statistics(x, moving_mean, moving_variance, momentum):
    return moving_mean * momentum + x.mean(AXES), moving_variance * momentum + x.var(AXES)
