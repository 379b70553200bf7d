# diagnosis: the order is not used
def epoch(W, b, x, y, order, batch_size, learning_rate):
    for start in range(0, len(x), batch_size):
        batch = slice(start, start + batch_size)
        W, b = step(W, b, x[batch], y[batch], learning_rate)
    return W, b
