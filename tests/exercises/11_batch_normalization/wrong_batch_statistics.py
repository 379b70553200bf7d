# diagnosis: the batch's own statistics are used
_inference = batch_norm_inference


def batch_norm(x, gamma, beta, epsilon):
    return _inference(x, gamma, beta, x.mean(AXES), x.var(AXES), epsilon)


def batch_norm_inference(x, gamma, beta, moving_mean, moving_variance, epsilon):
    return batch_norm(x, gamma, beta, epsilon)
