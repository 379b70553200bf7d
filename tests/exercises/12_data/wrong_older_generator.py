# diagnosis: the order of np.random.seed, the older generator
def batches(count, size, seed):
    np.random.seed(seed)
    order = np.arange(count)
    np.random.shuffle(order)
    return [order[start : start + size] for start in range(0, count, size)]
