# diagnosis: changes its argument W
_new = step


def step(W, b, x, y, learning_rate):
    W_new, b_new = _new(W, b, x, y, learning_rate)
    W -= W - W_new
    return W, b_new
