# diagnosis: `+` for `−`: the step goes uphill
def step(W, b, x, y, learning_rate):
    z = x @ W + b
    p = np.exp(z - z.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    slopes = (p - np.eye(len(b))[y]) / len(x)
    return W + learning_rate * x.T @ slopes, b + learning_rate * slopes.sum(axis=0)
