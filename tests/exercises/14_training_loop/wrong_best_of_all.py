# diagnosis: the best of all losses, also of those after the end
_last_and_best = early_stopping


def early_stopping(losses, patience):
    last, _ = _last_and_best(losses, patience)
    return last, int(np.argmin(losses))
