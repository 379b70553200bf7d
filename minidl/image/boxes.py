"""Boxes and key points that move with an image; tested by ``tests/image/test_boxes.py``.

Places are those of `minidl.image.geometry`: a box is (x_min, y_min, x_max, y_max) from the left and
upper edges of its first pixels to the right and lower edges of its last, in pixels.
"""

import numpy as np

from minidl.image.geometry import as_points
from minidl.runtime import checks

#: Places along each edge of a box whose way through a flow is followed.
ALONG_EDGE = 16


def as_boxes(boxes, name="boxes"):
    """Return boxes as float64 (M, 4), or raise an error that names what is wrong.

    >>> as_boxes([[1, 2, 3, 4]])
    array([[1., 2., 3., 4.]])
    """
    array = np.asarray(boxes, np.float64)
    if not array.size:
        return np.empty((0, 4))
    if array.ndim != 2 or array.shape[1] != 4:
        raise ValueError(
            f"{name}: needs the shape (M, 4), as (x_min, y_min, x_max, y_max), got {array.shape}"
        )
    right = np.isfinite(array).all(axis=1) & (array[:, :2] < array[:, 2:]).all(axis=1)
    if not right.all():
        wrong = int(np.flatnonzero(~right)[0])
        raise ValueError(
            f"{name}: box {wrong} is {array[wrong].tolist()}; needed are finite numbers with "
            "x_min < x_max and y_min < y_max"
        )
    return array


def move_boxes(boxes, move):
    """Return the upright boxes (M, 4) around what becomes of the given ones.

    Parameters
    ----------
    boxes : (M, 4)
    move : callable
        From points (P, 2) to where they go. Straight lines may become curves: places all along
        the edges are followed.

    >>> from minidl.image.geometry import move, rotation
    >>> move_boxes([[0, 0, 4, 2]], lambda points: move(rotation(90, (10, 10)), points))
    array([[ 0.,  6.,  2., 10.]])
    """
    boxes = as_boxes(boxes)
    share = np.linspace(0, 1, ALONG_EDGE + 1)
    zero, one = np.zeros_like(share), np.ones_like(share)
    outline = np.concatenate([[share, zero], [share, one], [zero, share], [one, share]], axis=1).T
    corner, size = boxes[:, np.newaxis, :2], boxes[:, np.newaxis, 2:] - boxes[:, np.newaxis, :2]
    points = corner + outline * size
    moved = move(points.reshape(-1, 2)).reshape(points.shape)
    return np.concatenate(
        [moved.min(axis=1, initial=np.inf), moved.max(axis=1, initial=-np.inf)], 1
    )


def clip_boxes(boxes, size, min_share=0.0):
    """Cut boxes at the border of an image, and drop those of which too little is left.

    Parameters
    ----------
    boxes : (M, 4)
    size : (H, W)
    min_share : float in [0, 1]
        Of a box's area: what has to be left of it. Boxes outside the image always go.

    Returns
    -------
    boxes : (K, 4) float64
    kept : (M,) bool
        Which of the M are still there, to choose their labels by.

    >>> clip_boxes([[-5, 0, 5, 10], [8, 0, 18, 10]], (10, 10), min_share=0.5)
    (array([[ 0.,  0.,  5., 10.]]), array([ True, False]))
    """
    boxes, (height, width) = as_boxes(boxes), size
    min_share = checks.real(min_share, "clip_boxes: min_share", 0, 1)
    inside = np.clip(boxes, 0, [width, height, width, height])
    left = box_areas(inside)
    kept = (left > 0) & (left >= min_share * box_areas(boxes) * (1 - 1e-12))
    return inside[kept], kept


def move_points(points, move, size):
    """Return key points (K, 2) or (K, 3) where they go.

    Parameters
    ----------
    points : (K, 2) or (K, 3)
        (x, y), or COCO's (x, y, visibility): 0 not labelled, 1 hidden, 2 visible.
    move : callable
        From points (K, 2) to where they go.
    size : (H, W)
        Of the image afterwards. Points that leave it get visibility 0; those that had it
        already, and so no place, are not moved.

    Returns
    -------
    float64, of the shape given.

    >>> move_points([[1, 1, 2], [9, 1, 2]], lambda points: points + [3, 0], (10, 10))
    array([[ 4.,  1.,  2.],
           [12.,  1.,  0.]])
    """
    array = np.asarray(points, np.float64)
    if not array.size:
        return array.copy()
    if array.ndim != 2 or array.shape[1] not in (2, 3):
        raise ValueError(
            f"points need the shape (K, 2) or (K, 3), as (x, y) or (x, y, visibility), "
            f"got {array.shape}"
        )
    moved = array.copy()
    placed = array[:, 2] > 0 if array.shape[1] == 3 else np.ones(len(array), bool)
    moved[placed, :2] = move(as_points(array[placed, :2]))
    if array.shape[1] == 3:
        inside = (moved[:, :2] >= 0) & (moved[:, :2] <= size[::-1])
        moved[~inside.all(axis=1), 2] = 0
    return moved


def box_areas(boxes):
    """Return the areas (M,) of boxes (M, 4)."""
    return np.prod(boxes[:, 2:] - boxes[:, :2], axis=1)
