# diagnosis: the gradient is multiplied by 1 − μ
def momentum_step(w, v, g, learning_rate, momentum):
    v = momentum * v - (1 - momentum) * learning_rate * g
    return w + v, v
