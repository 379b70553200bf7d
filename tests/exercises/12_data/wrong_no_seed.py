# diagnosis: the seed is left out: another order each time
def batches(count, size, seed):
    order = np.random.permutation(count)
    return [order[start : start + size] for start in range(0, count, size)]
