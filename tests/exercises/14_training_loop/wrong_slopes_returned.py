# diagnosis: slopes instead of new weights
def step(W, b, x, y, learning_rate):
    z = x @ W + b
    p = np.exp(z - z.max(axis=1, keepdims=True))
    slopes = (p / p.sum(axis=1, keepdims=True) - np.eye(len(b))[y]) / len(x)
    return x.T @ slopes, slopes.sum(axis=0)
