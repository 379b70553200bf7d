# diagnosis: of equal margins the later index first
def margin_sampling(p, k):
    top = np.sort(p, axis=1)
    return np.argsort(top[:, -2] - top[:, -1], kind="stable")[::-1][:k]
