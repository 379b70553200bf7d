# diagnosis: the group's number modulo k
def folds(labels, groups, k):
    return np.mod(groups, k)
