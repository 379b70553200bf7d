# diagnosis: the gradient has the wrong sign
def mean_squared_error(targets, predictions):
    distance = targets - predictions
    return (distance**2).mean(), 2 * distance / distance.size
