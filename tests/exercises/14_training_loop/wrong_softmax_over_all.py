# diagnosis: softmax over all numbers instead of each row
def step(W, b, x, y, learning_rate):
    z = x @ W + b
    p = np.exp(z - z.max())
    p = p / p.sum()
    p[np.arange(len(y)), y] -= 1
    return W - learning_rate * x.T @ p / len(x), b - learning_rate * p.mean(axis=0)
