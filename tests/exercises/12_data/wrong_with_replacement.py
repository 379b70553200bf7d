# diagnosis: drawn with replacement: some come twice, others never
def batches(count, size, seed):
    order = np.random.default_rng(seed).choice(count, count)
    return [order[start : start + size] for start in range(0, count, size)]
