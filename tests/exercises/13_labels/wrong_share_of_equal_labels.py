# diagnosis: the share of equal labels: chance is not taken off
def cohen_kappa(first, second):
    return (first == second).mean()
