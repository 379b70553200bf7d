# diagnosis: not divided by 1 − p_e
def cohen_kappa(first, second):
    by_chance = 0.0
    for i in np.union1d(first, second):
        by_chance += np.mean(first == i) * np.mean(second == i)
    return np.mean(first == second) - by_chance
