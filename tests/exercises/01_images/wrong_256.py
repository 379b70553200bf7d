# diagnosis: divided by 256 instead of 255
def to_float(image):
    return (image / 256).astype(np.float32)
