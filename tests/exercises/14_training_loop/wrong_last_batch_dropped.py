# diagnosis: the last, smaller batch is left out
def epoch(W, b, x, y, order, batch_size, learning_rate):
    for n in range(len(order) // batch_size):
        batch = order[n * batch_size : (n + 1) * batch_size]
        W, b = step(W, b, x[batch], y[batch], learning_rate)
    return W, b
