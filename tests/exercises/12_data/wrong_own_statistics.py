# diagnosis: the test set's own statistics are used
def _alone(x):
    std = x.std(axis=0)
    return (x - x.mean(axis=0)) / np.where(std == 0, 1, std)


def standardise_sets(train, test):
    return _alone(train), _alone(test)
