"""Fingerprints of pictures: what stays when one is stored anew, resized or made brighter.

A picture is reduced to a small grey one, the thumbnail, and this to the coefficients of its
lowest spatial frequencies, by the discrete cosine transform (DCT). Their signs are a hash of 64
bits; the coefficients themselves say, for two pictures with similar hashes, how alike they are.
The DCT of any window of a thumbnail comes from the same two matrix products as that of the
whole, so that a picture can be compared with all parts of another.

Source of the hash: C. Zauner, "Implementation and benchmarking of perceptual image hash
functions", 2010, section 3.2.1; signs are taken instead of comparisons with the median.

NumPy only; tested by ``tests/data/test_prints.py``.
"""

import numpy as np

SIDE = 64  # pixels of a thumbnail
HASHED = 8  # frequencies along each axis whose signs make the hash
FREQUENCIES = 12  # along each axis, of a descriptor
WHOLE = np.array([[0.0, 1.0, 0.0, 1.0]])  # edges: top, bottom, left, right, as shares of the side


def phash(thumbnails: np.ndarray) -> np.ndarray:
    """Return the perceptual hash of square grey pictures.

    Parameters
    ----------
    thumbnails : array (N, S, S)
        Real numbers.

    Returns
    -------
    numpy.ndarray
        uint64, shape (N,). Pictures that look alike differ in few bits
        (``numpy.bitwise_count(a ^ b)``), unrelated ones in about 32.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> picture = np.cumsum(np.cumsum(rng.normal(size=(1, 64, 64)), 1), 2)
    >>> noisy = picture + rng.normal(size=picture.shape)
    >>> int(np.bitwise_count(phash(picture) ^ phash(noisy))[0]) <= 6
    True
    """
    return hashes_of(transform(thumbnails, WHOLE, HASHED))


def descriptors(thumbnails: np.ndarray, edges: np.ndarray = WHOLE) -> np.ndarray:
    """Return unit vectors (N, 144) whose scalar products say how alike pictures are, −1 … 1.

    They hold the DCT's lowest frequencies but for the mean, each times its frequency: in
    pictures of the world, amplitudes fall with the frequency, and low ones would decide alone.
    Brightness and contrast fall out.

    Parameters
    ----------
    thumbnails : array (N, S, S)
    edges : array (N or 1, 4)
        The window of each: top, bottom, left and right, from 0 to 1.
    """
    frequency = np.arange(FREQUENCIES, dtype=np.float32)
    weighed = transform(thumbnails, edges, FREQUENCIES) * np.hypot(frequency, frequency[:, None])
    vectors = weighed.reshape(len(thumbnails), FREQUENCIES**2)
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors / np.maximum(length, 1e-6)


def transform(thumbnails, edges, count):
    """Return the DCT's `count` lowest coefficients along each axis, (N, count, count)."""
    thumbnails = np.asarray(thumbnails, np.float32)
    rows = cosines(edges[:, :2], count, thumbnails.shape[1])
    columns = cosines(edges[:, 2:], count, thumbnails.shape[2])
    return rows @ thumbnails @ columns.swapaxes(1, 2)


def cosines(interval, count, size):
    """Return matrices that take the DCT of a part of a row of `size` pixels.

    A pixel is a step of the row, seen as a function of t from 0 to 1. With u = (t − a) / (b − a)
    inside the interval [a, b], coefficient k is ∫ f(t) cos(π k u) du, and a pixel's share in it
    has a closed form: the difference of sin(π k u) / (π k) at its borders.

    Parameters
    ----------
    interval : array (W, 2)
        Begin and end, from 0 to 1; ends need not meet pixels.

    Returns
    -------
    numpy.ndarray
        float32, shape (W, count, size).
    """
    begin, end = np.asarray(interval, np.float64)[:, :, None].swapaxes(0, 1)
    borders = np.clip((np.arange(size + 1) / size - begin) / (end - begin), 0, 1)[:, None]
    k = np.arange(count)[:, None]
    # sin(π k u) / (π k) is u · sinc(k u), which is u where k is 0.
    return np.diff(borders * np.sinc(k * borders), axis=-1).astype(np.float32)


def hashes_of(coefficients):
    """Pack the signs of coefficients (…, 8, 8) into uint64 (…); the mean's bit is 0."""
    bits = coefficients.reshape(*coefficients.shape[:-2], HASHED * HASHED) > 0
    bits[..., 0] = False
    return np.packbits(bits, axis=-1, bitorder="little").view("<u8")[..., 0].astype(np.uint64)
