# diagnosis: x is put in order, y is not
def epoch(W, b, x, y, order, batch_size, learning_rate):
    x = x[order]
    for start in range(0, len(x), batch_size):
        batch = slice(start, start + batch_size)
        W, b = step(W, b, x[batch], y[batch], learning_rate)
    return W, b
