# diagnosis: `=` for `+=`: where patches overlap, only the last counts
def col2im(columns, shape, size, stride):
    places = im2col(np.arange(np.prod(shape)).reshape(shape), size, stride)
    x = np.zeros(np.prod(shape))
    x[places.ravel()] += columns.ravel()
    return x.reshape(shape)
