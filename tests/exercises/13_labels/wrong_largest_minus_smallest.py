# diagnosis: likeliest minus least likely class
def margin_sampling(p, k):
    return np.argsort(p.max(axis=1) - p.min(axis=1), kind="stable")[:k]
