# diagnosis: the step alone: w is left out
def sgd(w, g, learning_rate):
    return -(g * learning_rate)
