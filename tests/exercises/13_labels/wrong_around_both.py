# diagnosis: divided by the box around both instead of the union
def box_iou(a, b):
    width, height = np.maximum(np.minimum(a[2:], b[2:]) - np.maximum(a[:2], b[:2]), 0)
    around = np.maximum(a[2:], b[2:]) - np.minimum(a[:2], b[:2])
    return width * height / (around[0] * around[1])
