# diagnosis: 1 for positive numbers: ReLU's slope
def relu(x):
    return np.where(x > 0, 1.0, 0.0)
