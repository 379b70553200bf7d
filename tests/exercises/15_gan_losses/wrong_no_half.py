# diagnosis: ½ is left out
def least_squares(real, fake):
    return np.mean((real - 1) ** 2) + np.mean(fake**2), np.mean((fake - 1) ** 2)
