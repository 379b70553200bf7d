# diagnosis: the gradient is missing its 1/n
def mean_squared_error(targets, predictions):
    return np.mean((targets - predictions) ** 2), 2 * (predictions - targets)
