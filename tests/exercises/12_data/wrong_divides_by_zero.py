# diagnosis: a column of equal numbers divides by 0
def standardise_sets(train, test):
    mean, std = train.mean(axis=0), train.std(axis=0)
    with np.errstate(all="ignore"):
        return (train - mean) / std, (test - mean) / std
