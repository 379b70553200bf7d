# diagnosis: the channel axis is kept
def grey(image):
    return (image * [0.299, 0.587, 0.114]).sum(axis=-1, keepdims=True)
