# diagnosis: `=` for `+=`: a pair that occurs twice is counted once
def confusion_matrix(y_true, y_pred, classes):
    M = np.zeros((classes, classes), int)
    M[y_true, y_pred] += 1
    return M
