# diagnosis: groups are torn apart: examples are dealt out
def folds(labels, groups, k):
    seen = collections.Counter()
    fold = np.zeros(len(labels), int)
    for n, label in enumerate(labels.tolist()):
        fold[n] = seen[label] % k
        seen[label] += 1
    return fold
