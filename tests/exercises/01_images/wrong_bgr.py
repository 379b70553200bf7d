# diagnosis: red and blue are exchanged
def grey(image):
    blue, green, red = image[..., 0], image[..., 1], image[..., 2]
    return 0.299 * red + 0.587 * green + 0.114 * blue
