# diagnosis: momentum is the share of the new, as in PyTorch
def moving_statistics(x, moving_mean, moving_variance, momentum):
    mean, variance = x.mean(AXES), x.var(AXES)
    return (
        moving_mean + momentum * (mean - moving_mean),
        moving_variance + momentum * (variance - moving_variance),
    )
