# diagnosis: one step with all examples: there are no batches
def epoch(W, b, x, y, order, batch_size, learning_rate):
    return step(W, b, x[order], y[order], learning_rate)
