# diagnosis: changes its argument images
def standardise(images):
    images -= images.mean(axis=(0, 1, 2))
    std = images.std(axis=(0, 1, 2))
    images /= np.where(std == 0, 1, std)
    return images
