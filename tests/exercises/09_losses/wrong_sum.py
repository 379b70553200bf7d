# diagnosis: the sum instead of the mean
def sparse_cross_entropy(labels, logits):
    loss = 0.0
    for label, z in zip(labels, logits, strict=True):
        largest = z.max()
        loss += largest + np.log(np.exp(z - largest).sum()) - z[label]
    return loss
