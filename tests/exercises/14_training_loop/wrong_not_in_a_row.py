# diagnosis: epochs without a new best are counted in all instead of in a row
def early_stopping(losses, patience):
    best = wait = 0
    for epoch in range(1, len(losses)):
        if losses[epoch] < losses[best]:
            best = epoch
        else:
            wait += 1
            if wait == patience:
                return epoch, best
    return len(losses) - 1, best
