# diagnosis: W − 1 − x instead of W − x: places are between pixels
def flip(image, boxes):
    left, top, right, bottom = boxes.T
    last = image.shape[1] - 1
    return np.fliplr(image), np.stack([last - right, top, last - left, bottom], axis=1)
