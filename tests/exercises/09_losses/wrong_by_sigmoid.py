# diagnosis: 1 − p is rounded to 0: its logarithm is −∞
def binary_cross_entropy(targets, logits):
    p = 1 / (1 + np.exp(-logits))
    return -np.mean(targets * np.log(p) + (1 - targets) * np.log(1 - p))
