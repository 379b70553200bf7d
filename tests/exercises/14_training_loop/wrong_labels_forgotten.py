# diagnosis: the labels are not subtracted from p
def step(W, b, x, y, learning_rate):
    z = x @ W + b
    p = np.exp(z - z.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    W = W - learning_rate * x.T @ p / len(x)
    return W, b - learning_rate * p.mean(axis=0)
