# diagnosis: halved: ½ (prediction − target)²
def mean_squared_error(targets, predictions):
    distance = predictions - targets
    return 0.5 * np.mean(distance * distance), distance / distance.size
