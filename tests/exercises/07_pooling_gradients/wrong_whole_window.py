# diagnosis: the gradient goes to the whole window
def max_pool2d_gradient(x, size, stride, g):
    return average_pool2d_gradient(x, size, stride, g) * size**2
