# diagnosis: changes its argument boxes
def flip(image, boxes):
    boxes[:, [0, 2]] = image.shape[1] - boxes[:, [2, 0]]
    return image[:, ::-1], boxes
