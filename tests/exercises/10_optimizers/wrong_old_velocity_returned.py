# diagnosis: the old velocity is returned
def momentum_step(w, v, g, learning_rate, momentum):
    step = momentum * v - learning_rate * g
    return w + step, v
