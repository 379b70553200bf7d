# diagnosis: divided by the image's own largest number
def to_float(image):
    return image.astype(np.float32) / image.max()
