# diagnosis: the velocity is subtracted
def momentum_step(w, v, g, learning_rate, momentum):
    v = momentum * v - learning_rate * g
    return w - v, v
