# diagnosis: the old velocity moves the weights
def momentum_step(w, v, g, learning_rate, momentum):
    w = w + v
    return w, v * momentum - g * learning_rate
