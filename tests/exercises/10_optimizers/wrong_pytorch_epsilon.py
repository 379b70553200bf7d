# diagnosis: PyTorch's form: ε stands beside the corrected root
def adam_step(w, m, v, g, t, learning_rate, beta_1, beta_2, epsilon):
    m = beta_1 * m + (1 - beta_1) * g
    v = beta_2 * v + (1 - beta_2) * g**2
    corrected_m, corrected_v = m / (1 - beta_1**t), v / (1 - beta_2**t)
    return w - learning_rate * corrected_m / (np.sqrt(corrected_v) + epsilon), m, v
