# diagnosis: the generator wants the score 0 instead of 1
def least_squares(real, fake):
    return ((real - 1) ** 2).mean() / 2 + (fake**2).mean() / 2, (fake**2).mean() / 2
