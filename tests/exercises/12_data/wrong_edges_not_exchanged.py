# diagnosis: x_min and x_max are not exchanged
def flip(image, boxes):
    moved = boxes.copy()
    moved[:, [0, 2]] = image.shape[1] - moved[:, [0, 2]]
    return image[:, ::-1], moved
