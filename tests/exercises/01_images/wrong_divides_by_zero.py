# diagnosis: a channel of equal numbers divides by 0
def standardise(images):
    with np.errstate(invalid="ignore"):
        return (images - images.mean(axis=(0, 1, 2))) / images.std(axis=(0, 1, 2))
