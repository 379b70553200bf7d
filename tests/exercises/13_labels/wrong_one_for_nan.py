# diagnosis: 1 instead of NaN where both gave one class only
_kappa = cohen_kappa


def cohen_kappa(first, second):
    if len(set(first) | set(second)) == 1:
        return 1.0
    return _kappa(first, second)
