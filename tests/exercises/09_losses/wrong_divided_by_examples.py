# diagnosis: divided by the examples, N, instead of all numbers, N · D
def mean_squared_error(targets, predictions):
    N = len(targets)
    return np.sum((predictions - targets) ** 2) / N, 2 / N * (predictions - targets)
