# diagnosis: `=` for `+=`: only the last product is kept
def dense(x, kernel, bias):
    y = np.zeros((len(x), len(bias)))
    for n, u in np.ndindex(y.shape):
        for d in range(len(kernel)):
            y[n, u] = x[n, d] * kernel[d, u]
    return y + bias
