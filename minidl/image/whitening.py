"""ZCA whitening; tested by ``tests/image/test_whitening.py``."""

import numpy as np

from minidl.image.layout import as_batch, as_float, as_given
from minidl.runtime import blas, checks

#: Numbers to an image, at the most: the matrix has this many rows and columns.
LIMIT = 8192


class ZCA:
    """Images whose numbers are uncorrelated and have variance 1, and still look like images.

    With the covariance's eigenvectors V and eigenvalues λ, an image x becomes
    ``V · diag(1 / √(λ + ε)) · Vᵀ · (x − mean)``: of all whitenings, the one that changes the
    images least (Bell and Sejnowski, 1997; Kessy et al., 2018).

    Parameters
    ----------
    epsilon : float
        ε > 0, on the scale of the images' variance: keeps directions that hardly vary, noise,
        from being blown up.

    Attributes
    ----------
    mean : (H, W, C) float64
    matrix : (H · W · C, H · W · C) float64
        Symmetric.

    >>> rng = np.random.default_rng(0)
    >>> images = rng.normal(size=(500, 2, 1, 1)) @ np.ones((1, 1)) + rng.normal(size=(500, 1, 1, 1))
    >>> white = ZCA(1e-9).fit(images).apply(images)
    >>> np.cov(white.reshape(500, 2), rowvar=False, bias=True).round(3)
    array([[1., 0.],
           [0., 1.]])
    """

    mean = matrix = None

    def __init__(self, epsilon=1e-6):
        self.epsilon = checks.real(epsilon, "ZCA: epsilon", 0, np.inf, exclusive=True)

    def fit(self, images):
        """Learn mean and matrix from images (N, H, W, C), and return this object."""
        x = as_batch(images, "ZCA.fit")
        count, size = len(x), x[:1].size
        if count < 2:
            raise ValueError(f"ZCA.fit: needs at least two images, got {count}")
        if size > LIMIT:
            raise ValueError(
                f"ZCA.fit: images of shape {x.shape[1:]} hold {size} numbers, and the matrix would "
                f"have as many rows and columns; at most {LIMIT} are possible: resize them first"
            )
        rows = x.reshape(count, size).astype(np.float64)
        mean = rows.mean(axis=0)
        rows -= mean
        with blas.single_threaded():
            values, vectors = np.linalg.eigh(rows.T @ rows / count)
            # Rounding may leave eigenvalues of 0 a little below it.
            scales = 1 / np.sqrt(np.maximum(values, 0) + self.epsilon)
            self.matrix = (vectors * scales) @ vectors.T
        self.mean = mean.reshape(x.shape[1:])
        return self

    def apply(self, images):
        """Return whitened images, of the shape that `fit` saw: float32; float64 stays."""
        if self.matrix is None:
            raise RuntimeError("ZCA.apply: call fit(images) first")
        x = as_batch(images, "ZCA.apply")
        if x.shape[1:] != self.mean.shape:
            raise ValueError(
                f"ZCA.apply: images need the shape {self.mean.shape} that fit saw, "
                f"got {x.shape[1:]}"
            )
        rows = (x - self.mean).reshape(len(x), -1)
        with blas.single_threaded():
            white = (rows @ self.matrix).reshape(x.shape)
        return as_given(white.astype(as_float(x[:0]).dtype), np.ndim(images))
