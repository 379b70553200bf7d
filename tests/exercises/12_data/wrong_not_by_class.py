# diagnosis: not by class: all groups are dealt out together
def folds(labels, groups, k):
    fold = {}
    for group in groups.tolist():
        fold.setdefault(group, len(fold) % k)
    return np.array([fold[group] for group in groups.tolist()])
