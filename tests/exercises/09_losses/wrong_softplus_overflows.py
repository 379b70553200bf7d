# diagnosis: ln(1 + exp(z)) overflows
def binary_cross_entropy(targets, logits):
    return np.mean(np.log1p(np.exp(logits)) - targets * logits)
