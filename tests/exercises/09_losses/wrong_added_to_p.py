# diagnosis: 10⁻⁷ is added to p: the loss stops growing
def sparse_cross_entropy(labels, logits):
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    p = powers / powers.sum(axis=1, keepdims=True)
    return -sum(np.log(p[n, label] + 1e-7) for n, label in enumerate(labels)) / len(labels)
