# diagnosis: the largest of all rows is subtracted from every row
def softmax(logits):
    powers = np.exp(logits - logits.max())
    return powers / powers.sum(axis=1, keepdims=True)
