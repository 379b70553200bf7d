# diagnosis: the likeliest class alone instead of the margin
def margin_sampling(p, k):
    return np.argsort(p.max(axis=1), kind="stable")[:k]
