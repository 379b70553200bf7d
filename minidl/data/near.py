"""Pictures that are nearly the same: stored anew, resized, brightened, or cut out of another.

A sieve of perceptual hashes finds candidates, and their descriptors decide (``prints``). How
alike two pictures must be depends on the others: two unrelated photographs are never as alike
as two handwritten ones are now and then. So the threshold is read off the folder itself.

May import ``prints``, ``grouping`` and, when called, ``kernels.hamming``; tested by
``tests/data/test_near.py``.
"""

from typing import NamedTuple

import numpy as np

from minidl.data import prints
from minidl.data.grouping import Forest
from minidl.runtime import blas

SIEVE = 16  # bits in which the hashes of pictures that are alike may differ
CROP_SIEVE = 12  # the same, of a picture and a window of another
LOOSEST, STRICTEST = 0.85, 0.995  # bounds of the threshold
SAMPLE = 300  # pictures, compared with all others, of which the threshold is estimated
COPIES = 2  # of a picture, that are left out there
CHANCE = 0.01  # unrelated pairs that may pass
CROP_LOOSEST = 0.9
TOO_ALIKE = 0.95  # threshold above which a window of one picture looks like any other

SHARES = (1.0, 0.9, 0.8, 0.7, 0.6, 0.5)  # of a side, that windows have
STEP = 0.08  # share of the side by which windows are apart, at most
ASPECT = 1.35  # windows may be this much wider or taller than their picture
MOVES = np.array(  # of the edges: top, bottom, left, right
    [[1, 1, 0, 0], [0, 0, 1, 1], [1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]
)
#: By how much edges are moved, and how alike pictures must be for that to be worth while.
STEPS = ((0.03, 0.5), (0.015, 0.7), (0.007, 0.8), (0.003, 0.85))
BLOCK = 256  # pictures at a time
COLOUR_DISTANCE = 16  # of 255, in the mean of either colour channel


class Match(NamedTuple):
    """Two pictures that are alike; of a crop, the second shows a part of the first."""

    first: int
    second: int
    similarity: float
    is_crop: bool


class Pictures(NamedTuple):
    """Thumbnails (N, 64, 64), uint8, and their colours (N, 8, 8, 2): Cb and Cr, uint8."""

    grey: np.ndarray
    colours: np.ndarray


class Near(NamedTuple):
    """The matches, by their pictures, and how alike matching pictures had to be."""

    matches: list[Match]
    threshold: float
    crops_searched: bool


def find_near(pictures: Pictures, crops: bool = True) -> Near:
    """Find the pictures that are alike, and crops if they are wanted.

    Of the pairs, only so many are returned that each group of pictures is linked by them.

    Crops are not looked for if the pictures are too much alike for that, as handwritten digits
    are: windows of one then look like another.
    """
    with blas.single_threaded():  # its own threads cost these small products more than they gain
        return _find_near(pictures, crops)


def _find_near(pictures, crops):
    vectors = prints.descriptors(pictures.grey)
    hashes = prints.phash(pictures.grey)
    threshold = _threshold(vectors, 1, LOOSEST)
    # Among a thousand frames of a film, half a million pairs would be alike.
    forest = Forest(len(vectors))
    matches = [
        Match(int(i), int(j), float(similarity), False)
        for i, j, similarity in _alike(vectors, hashes, threshold)
        if forest.root(i) != forest.root(j)
        and _same_colour(pictures.colours, i, j, prints.WHOLE)
        and forest.join(i, j)
    ]
    crops = crops and threshold < TOO_ALIKE
    if crops:
        found = _find_crops(pictures, vectors, hashes, forest)
        matches += [match for match in found if forest.join(match.first, match.second)]
    return Near(sorted(matches), threshold, crops)


def _threshold(vectors, windows, loosest):
    """Estimate how alike the most alike of unrelated pictures are.

    The similarities, as Fisher's z = artanh(similarity), have a tail that falls about
    exponentially: its quantiles at 20 % and 5 % are prolonged to where `CHANCE` pairs are
    expected by chance. The two that each picture is most alike are left out, since they may be
    copies.
    """
    count = len(vectors)
    if count <= 1 + COPIES:
        return loosest
    rows = np.random.default_rng(0).permutation(count)[:SAMPLE]
    similarity = np.sort(vectors[rows] @ vectors.T, axis=1)[:, : -1 - COPIES]
    far, near = np.arctanh(np.clip(np.quantile(similarity, [0.80, 0.95]), 0, 0.999999))
    slope = (near - far) / np.log10(0.20 / 0.05)  # a decade
    pairs = count * (count - 1) / 2 * windows
    expected = np.tanh(near + slope * np.log10(0.05 * pairs / CHANCE))
    return float(np.clip(expected, loosest, STRICTEST))


def _alike(vectors, hashes, threshold):
    """Yield (i, j, similarity), i < j, of the pairs from the threshold on."""
    from minidl.kernels.hamming import nearest

    for start in range(0, len(hashes), BLOCK):
        distance, _ = nearest(hashes[start : start + BLOCK], hashes[:, None])
        i, j = np.nonzero(distance <= SIEVE)
        i, j = (i + start)[i + start < j], j[i + start < j]
        for part in range(0, len(i), 20_000):
            some = slice(part, part + 20_000)
            similarity = np.einsum("nd,nd->n", vectors[i[some]], vectors[j[some]])
            for k in np.flatnonzero(similarity >= threshold):
                yield i[some][k], j[some][k], similarity[k]


def _find_crops(pictures, vectors, hashes, forest):
    """Yield a Match for each picture that shows a part of another, to which it is not joined."""
    from minidl.kernels.hamming import nearest

    edges = windows()
    threshold = _threshold(vectors, len(edges), CROP_LOOSEST)
    for start in range(0, len(hashes), BLOCK):
        parts = window_hashes(pictures.grey[start : start + BLOCK])
        distance, which = nearest(hashes, parts)
        distance[np.arange(start, start + len(parts)), np.arange(len(parts))] = 64  # itself
        crop, original = np.nonzero(distance <= CROP_SIEVE)
        roots = np.array([forest.root(i) for i in range(len(hashes))])
        apart = roots[crop] != roots[original + start]
        crop, original = crop[apart], original[apart]
        for some in range(0, len(crop), BLOCK):
            j, k = crop[some : some + BLOCK], original[some : some + BLOCK]
            i, where = k + start, edges[which[j, k]]
            where, similarity = _refined(pictures.grey[i], where, vectors[j])
            for n in np.flatnonzero(similarity >= threshold):
                if _same_colour(pictures.colours, i[n], j[n], where[n : n + 1]):
                    yield Match(int(i[n]), int(j[n]), float(similarity[n]), True)


def windows():
    """Return the edges (W, 4) of the windows of which hashes are made, the whole left out."""
    axis = _axis_windows()
    rows, columns = _combined(axis)
    return np.concatenate([axis[rows], axis[columns]], axis=1)


def window_hashes(thumbnails):
    """Return the hashes (N, W) of all windows of thumbnails.

    A window's rows and columns are chosen apart, so a few dozen matrices give them all.
    """
    axis = _axis_windows()
    rows, columns = _combined(axis)
    size = thumbnails.shape[1]
    matrix = prints.cosines(axis, prints.HASHED, size).reshape(-1, size)
    hashes = np.empty((len(thumbnails), len(rows)), np.uint64)
    for i, thumbnail in enumerate(thumbnails):
        all_pairs = (matrix @ thumbnail.astype(np.float32) @ matrix.T).reshape(
            len(axis), prints.HASHED, len(axis), prints.HASHED
        )
        hashes[i] = prints.hashes_of(all_pairs.swapaxes(1, 2)[rows, columns])
    return hashes


def _axis_windows():
    """Return begin and end (A, 2) of all windows along an axis."""
    intervals = []
    for share in SHARES:
        steps = int(np.ceil((1 - share) / STEP - 1e-9)) + 1
        intervals += [(begin, begin + share) for begin in np.linspace(0, 1 - share, steps)]
    return np.array(intervals)


def _combined(axis):
    """Return which rows and columns (W,) make a window of an allowed shape."""
    length = axis[:, 1] - axis[:, 0]
    ratio = length[:, None] / length
    allowed = (ratio <= ASPECT) & (ratio >= 1 / ASPECT) & (length[:, None] * length < 1)
    return np.nonzero(allowed)


def _similarity(thumbnails, edges, vectors):
    return np.einsum("nd,nd->n", prints.descriptors(thumbnails, edges), vectors)


def _refined(thumbnails, edges, vectors):
    """Move windows' edges (N, 4), in ever smaller steps, to where they fit best."""
    best = _similarity(thumbnails, edges, vectors)
    for step, worth in STEPS:
        some = np.flatnonzero(best >= worth)
        for move in np.concatenate([MOVES, -MOVES]) * step:
            moved = np.clip(edges[some] + move, 0, 1)
            similarity = _similarity(thumbnails[some], moved, vectors[some])
            better = similarity > best[some]
            edges[some[better]], best[some[better]] = moved[better], similarity[better]
    return edges, best


def _same_colour(colours, i, j, edges):
    """Whether the mean colours of a window of i and of j are close, or either has none."""
    one, other = colours[i].astype(np.float32), colours[j].astype(np.float32)
    if min(np.abs(each - 128).max() for each in (one, other)) <= 2:
        return True
    rows, columns = (prints.cosines(edges[:, k : k + 2], 1, len(one))[0, 0] for k in (0, 2))
    mean = np.einsum("h,hwc,w->c", rows, one, columns)
    return np.abs(mean - other.mean(axis=(0, 1))).max() <= COLOUR_DISTANCE
