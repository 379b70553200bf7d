# diagnosis: 1 is not subtracted for the right class
def sparse_cross_entropy_gradient(labels, logits):
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True) / len(labels)
