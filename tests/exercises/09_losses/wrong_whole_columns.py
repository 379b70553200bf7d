# diagnosis: 1 is subtracted in every row of each label
def sparse_cross_entropy_gradient(labels, logits):
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    p = powers / powers.sum(axis=1, keepdims=True)
    p[:, labels] -= 1
    return p / len(p)
