# diagnosis: classes that do not occur are left out
def confusion_matrix(y_true, y_pred, classes):
    occur = np.unique(np.concatenate([y_true, y_pred]))
    M = np.zeros((len(occur), len(occur)), int)
    for i, j in zip(*np.searchsorted(occur, [y_true, y_pred]), strict=True):
        M[i, j] += 1
    return M
