# diagnosis: one mean for all channels
def standardise(images):
    return (images - images.mean()) / (images.std() or 1)
