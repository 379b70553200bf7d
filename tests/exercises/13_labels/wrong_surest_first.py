# diagnosis: the surest first
def margin_sampling(p, k):
    top = -np.sort(-p, axis=1)
    return np.argsort(top[:, 1] - top[:, 0], kind="stable")[:k]
