# diagnosis: chance as if all classes were equally frequent
def cohen_kappa(first, second):
    by_chance = 1 / len(set(first.tolist()) | set(second.tolist()))
    if by_chance == 1:
        return float("nan")
    return (np.mean(first == second) - by_chance) / (1 - by_chance)
