# diagnosis: the variance is taken about the moving mean
def moving_statistics(x, moving_mean, moving_variance, momentum):
    variance = np.mean((x - moving_mean) ** 2, axis=AXES)
    return (
        momentum * moving_mean + (1 - momentum) * x.mean(AXES),
        momentum * moving_variance + (1 - momentum) * variance,
    )
