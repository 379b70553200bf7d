# diagnosis: compared with the epoch before instead of the best
def early_stopping(losses, patience):
    best = wait = 0
    for epoch in range(1, len(losses)):
        if losses[epoch] < losses[epoch - 1]:
            best, wait = epoch, 0
        else:
            wait += 1
            if wait == patience:
                return epoch, best
    return len(losses) - 1, best
