# diagnosis: divided by the variance instead of its root
def standardise(images):
    centred = images - images.mean(axis=(0, 1, 2))
    variance = (centred**2).mean(axis=(0, 1, 2))
    return centred / np.where(variance == 0, 1, variance)
