# diagnosis: chance from both people's labels put together
def cohen_kappa(first, second):
    shares = np.bincount(np.concatenate([first, second])) / (2 * len(first))
    by_chance = (shares**2).sum()
    if by_chance == 1:
        return np.nan
    return (np.mean(first == second) - by_chance) / (1 - by_chance)
