# diagnosis: the largest label decides the size instead of `classes`
def confusion_matrix(y_true, y_pred, classes):
    size = max(max(y_true), max(y_pred)) + 1
    M = np.zeros((size, size), int)
    np.add.at(M, (y_true, y_pred), 1)
    return M
