# diagnosis: PyTorch's form: α multiplies the whole velocity
def momentum_step(w, v, g, learning_rate, momentum):
    v = g + momentum * v
    return w - v * learning_rate, v
