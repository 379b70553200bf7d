# diagnosis: the result is float64 instead of float32
def to_float(image):
    return image / 255
