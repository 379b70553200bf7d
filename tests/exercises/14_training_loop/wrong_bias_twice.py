# diagnosis: the bias is divided by N twice
def step(W, b, x, y, learning_rate):
    z = x @ W + b
    p = np.exp(z - z.max(axis=1, keepdims=True))
    slopes = (p / p.sum(axis=1, keepdims=True) - np.eye(len(b))[y]) / len(x)
    return W - learning_rate * x.T @ slopes, b - learning_rate * slopes.mean(axis=0)
