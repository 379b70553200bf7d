# diagnosis: an empty batch at the end
def batches(count, size, seed):
    order = np.random.default_rng(seed).permutation(count)
    return [order[n * size : (n + 1) * size] for n in range(count // size + 1)]
