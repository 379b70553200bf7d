# diagnosis: groups in the order of their numbers, not as they appear
def folds(labels, groups, k):
    fold = np.zeros(len(labels), int)
    for label in np.unique(labels):
        for n, group in enumerate(np.unique(groups[labels == label])):
            fold[groups == group] = n % k
    return fold
