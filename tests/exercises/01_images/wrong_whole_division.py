# diagnosis: whole-number division
def to_float(image):
    return np.float32(1) * (image // 255)
