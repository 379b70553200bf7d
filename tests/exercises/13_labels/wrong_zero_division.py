# diagnosis: raises ZeroDivisionError
def cohen_kappa(first, second):
    a, b = first.tolist(), second.tolist()
    observed = sum(i == j for i, j in zip(a, b, strict=True)) / len(a)
    by_chance = sum(a.count(i) * b.count(i) for i in set(a)) / len(a) ** 2
    return (observed - by_chance) / (1 - by_chance)
