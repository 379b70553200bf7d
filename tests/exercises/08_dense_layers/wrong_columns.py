# diagnosis: the sum runs down the columns: axis 0 for 1
def softmax(logits):
    powers = np.exp(logits - logits.max(axis=0))
    return powers / powers.sum(axis=0)
