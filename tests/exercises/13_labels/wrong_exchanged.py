# diagnosis: rows and columns are exchanged
def confusion_matrix(y_true, y_pred, classes):
    M = np.zeros((classes, classes), int)
    for n in range(len(y_true)):
        M[y_pred[n], y_true[n]] += 1
    return M
