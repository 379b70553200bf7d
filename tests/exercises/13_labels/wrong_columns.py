# diagnosis: first minus second column: the classes are not sorted
def margin_sampling(p, k):
    return sorted_by(p[:, 0] - p[:, 1])[:k]


def sorted_by(margins):
    return np.array(sorted(range(len(margins)), key=lambda n: margins[n]))
