# diagnosis: the two rows of shares differ in length: minlength is needed
def cohen_kappa(first, second):
    a, b = np.bincount(first) / len(first), np.bincount(second) / len(second)
    observed, by_chance = np.mean(first == second), np.sum(a * b)
    return (observed - by_chance) / (1 - by_chance) if by_chance < 1 else np.nan
