# diagnosis: divided by the sum of all rows
def softmax(logits):
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / np.sum(powers)
