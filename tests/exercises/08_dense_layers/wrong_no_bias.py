# diagnosis: the bias is left out
def dense(x, kernel, bias):
    return np.einsum("nd,du->nu", x, kernel)
