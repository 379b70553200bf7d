# diagnosis: log σ is not exact: infinite for large scores
def softplus(s):
    return np.log1p(np.exp(s))
