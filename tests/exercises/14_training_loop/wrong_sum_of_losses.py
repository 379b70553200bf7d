# diagnosis: mean missing its 1/N
def step(W, b, x, y, learning_rate):
    z = x @ W + b
    p = np.exp(z - z.max(axis=1, keepdims=True))
    slopes = p / p.sum(axis=1, keepdims=True) - np.eye(len(b))[y]
    return W - learning_rate * x.T @ slopes, b - learning_rate * slopes.sum(axis=0)
