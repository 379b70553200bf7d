# diagnosis: changes its argument w
def sgd(w, g, learning_rate):
    w -= learning_rate * g
    return w
