# diagnosis: raises IndexError
def epoch(W, b, x, y, order, batch_size, learning_rate):
    for start in range(0, len(order), batch_size):
        batch = [order[start + i] for i in range(batch_size)]
        W, b = step(W, b, x[batch], y[batch], learning_rate)
    return W, b
