# diagnosis: the bias stays as it is
_both = step


def step(W, b, x, y, learning_rate):
    return _both(W, b, x, y, learning_rate)[0], b
