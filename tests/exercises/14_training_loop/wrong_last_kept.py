# diagnosis: the last epoch's weights are kept instead of the best
def early_stopping(losses, patience):
    best, wait = np.inf, 0
    for epoch, loss in enumerate(losses):
        if loss < best:
            best, wait = loss, 0
        else:
            wait += 1
        if wait == patience:
            return epoch, epoch
    return len(losses) - 1, len(losses) - 1
