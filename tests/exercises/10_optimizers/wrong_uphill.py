# diagnosis: uphill: the step is added
def sgd(w, g, learning_rate):
    return g * learning_rate + w
