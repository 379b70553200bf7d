# diagnosis: β and 1 − β are exchanged in the means
def adam_step(w, m, v, g, t, learning_rate, beta_1, beta_2, epsilon):
    m = beta_1 * g + (1 - beta_1) * m
    v = beta_2 * g**2 + (1 - beta_2) * v
    rate = learning_rate * np.sqrt(1 - beta_2**t) / (1 - beta_1**t)
    return w - rate * m / (np.sqrt(v) + epsilon), m, v
