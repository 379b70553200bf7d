# diagnosis: only the targets 1 count
def binary_cross_entropy(targets, logits):
    ln_p = np.minimum(logits, 0) - np.log1p(np.exp(-abs(logits)))
    return -np.mean(targets * ln_p)
