# diagnosis: softmax is left out
def step(W, b, x, y, learning_rate):
    slopes = (x @ W + b - np.eye(len(b))[y]) / len(x)
    return W - learning_rate * x.T @ slopes, b - learning_rate * slopes.sum(axis=0)
