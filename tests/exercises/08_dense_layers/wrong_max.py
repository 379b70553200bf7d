# diagnosis: np.max for np.maximum: the largest along an axis
def relu(x):
    return x.max(0)
