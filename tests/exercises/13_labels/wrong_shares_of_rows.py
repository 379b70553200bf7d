# diagnosis: shares of each row instead of counts
def confusion_matrix(y_true, y_pred, classes):
    M = np.zeros((classes, classes))
    for i, j in zip(y_true, y_pred, strict=True):
        M[i, j] += 1 / np.sum(y_true == i)
    return M
