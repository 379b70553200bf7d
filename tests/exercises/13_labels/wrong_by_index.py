# diagnosis: sorted by index instead of by margin
_by_margin = margin_sampling


def margin_sampling(p, k):
    chosen = np.zeros(len(p), bool)
    chosen[_by_margin(p, k)] = True
    return np.flatnonzero(chosen)
