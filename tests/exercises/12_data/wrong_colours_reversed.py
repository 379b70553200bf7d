# diagnosis: the colours are reversed instead of the columns
def flip(image, boxes):
    left, top, right, bottom = boxes.T
    width = image.shape[1]
    return image[:, :, ::-1], np.stack([width - right, top, width - left, bottom], axis=1)
