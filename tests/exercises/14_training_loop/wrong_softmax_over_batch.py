# diagnosis: softmax over the batch instead of the classes
def step(W, b, x, y, learning_rate):
    z = x @ W + b
    p = np.exp(z - z.max(axis=0))
    p /= p.sum(axis=0)
    p[np.arange(len(y)), y] -= 1
    return W - learning_rate * x.T @ p / len(x), b - learning_rate * p.mean(axis=0)
