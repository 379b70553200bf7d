# diagnosis: the two likeliest divided instead of subtracted
def margin_sampling(p, k):
    top = np.sort(p, axis=1)
    with np.errstate(divide="ignore"):
        return np.argsort(top[:, -1] / top[:, -2], kind="stable")[:k]
