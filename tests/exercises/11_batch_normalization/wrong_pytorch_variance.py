# diagnosis: n − 1 instead of n in the variance, as in PyTorch
def moving_statistics(x, moving_mean, moving_variance, momentum):
    return (
        momentum * moving_mean + (1 - momentum) * x.mean(AXES),
        momentum * moving_variance + (1 - momentum) * x.var(AXES, ddof=1),
    )
