"""How good generated images are: what a classifier, trained apart, makes of them.

No number says that images are good. Together these say when they are not: images that the
classifier does not recognise; classes that are missing (mode collapse); features that are
distributed unlike those of real images; images copied from the training set.
"""

from dataclasses import asdict, dataclass

import numpy as np

from minidl import layers
from minidl.metrics import frechet_distance
from minidl.models import Sequential
from minidl.runtime import random

#: From this probability on, the classifier is taken to be sure.
SURE = 0.9
#: A class's share of unconditional images that lies outside is reported as mode collapse; a tenth
#: is expected of each of ten classes.
LEAST, MOST = 0.4, 2.0
#: Images that lie this much nearer to training images than real test images do, on average, are
#: reported as copies.
NEAR = 0.5
BATCH_SIZE = 250


def classifier(x, y, classes=10, epochs=5, seed=0):
    """Train the judge on real images: two convolutions, two dense layers, dropout.

    Parameters
    ----------
    x : array (N, H, W, C)
        From 0 to 1.
    y : array (N,)
        Class numbers.

    Returns
    -------
    Sequential
        Its last layer but one gives 128 features.
    """
    with random.seeded(seed):
        network = Sequential(
            [
                layers.Input(x.shape[1:]),
                layers.Conv2D(32, 3, activation="relu"),
                layers.MaxPooling2D(2),
                layers.Conv2D(64, 3, activation="relu"),
                layers.MaxPooling2D(2),
                layers.Flatten(),
                layers.Dropout(0.25),
                layers.Dense(128, activation="relu"),
                layers.Dense(classes, activation="softmax"),
            ]
        )
        network.compile("adam", "sparse_categorical_crossentropy")
        network.fit(x, y, batch_size=64, epochs=epochs, verbose=0)
    return network


@dataclass(frozen=True)
class Verdict:
    """What the judge found; shares are from 0 to 1.

    Attributes
    ----------
    samples : int
    recognised : float or None
        Share that the classifier takes for the class asked for; None if none was.
    sure : float
        Share whose class, the one asked for if one was, has a probability of at least `SURE`.
    spread : list of float
        Share of each class.
    frechet : float
        Distance of the samples' features from those of the real test images.
    frechet_untrained, frechet_training : float
        The same for the untrained generator's images, and for real training images: what could
        be improved on, and what could at best be hoped for.
    ratio : float
        frechet / frechet_untrained
    nearness : float
        Mean distance to the nearest training image, over that of real test images.
    judge_accuracy : float
        Of the classifier, on the test images.
    warnings : list of str
    """

    samples: int
    recognised: float | None
    sure: float
    spread: list
    frechet: float
    frechet_untrained: float
    frechet_training: float
    ratio: float
    nearness: float
    judge_accuracy: float
    warnings: list

    def to_dict(self):
        """Return the verdict as JSON knows it."""
        return asdict(self)


class Judge:
    """Judges generated images.

    Parameters
    ----------
    network : Sequential
        A classifier that ends with softmax; what goes into its last layer are the features.
    training, test : (x, y)
        Real images (N, H, W, C) from 0 to 1, and their class numbers.
    """

    def __init__(self, network, training, test):
        self.network = network
        self.trunk = Sequential(network.layers[:-1])
        self.training, self.test = training, test
        self.test_features = self.features(test[0])

    def features(self, x):
        """Return what the classifier sees in images, (N, features)."""
        return self.trunk.predict(x, BATCH_SIZE, verbose=0)

    def probabilities(self, x):
        """Return the classes' probabilities, (N, classes)."""
        return self.network.predict(x, BATCH_SIZE, verbose=0)

    def distance(self, x):
        """Return the Fréchet distance of images from the real test images."""
        return frechet_distance(self.features(x), self.test_features)

    def judge(self, images, labels, untrained):
        """Return the `Verdict` on images.

        Parameters
        ----------
        images : array (N, H, W, C)
            From 0 to 1.
        labels : array (N,) or None
            The classes that were asked for.
        untrained : array (N, H, W, C)
            What the generator made before it was trained.
        """
        p = self.probabilities(images)
        found = p.argmax(axis=1)
        asked = found if labels is None else np.asarray(labels)
        spread = np.bincount(found, minlength=p.shape[1]) / len(found)
        frechet, before = self.distance(images), self.distance(untrained)
        nearness = _mean_distance(images, self.training[0])
        nearness /= _mean_distance(self.test[0], self.training[0])
        return Verdict(
            samples=len(images),
            recognised=None if labels is None else float(np.mean(found == asked)),
            sure=float(np.mean(p[np.arange(len(p)), asked] >= SURE)),
            spread=spread.tolist(),
            frechet=frechet,
            frechet_untrained=before,
            frechet_training=self.distance(self.training[0][: len(images)]),
            ratio=frechet / before,
            nearness=nearness,
            judge_accuracy=float(
                np.mean(self.probabilities(self.test[0]).argmax(axis=1) == self.test[1])
            ),
            warnings=_warnings(spread, nearness),
        )


def nearest(images, others):
    """Return the index of the nearest of `others` to each image, and its distance: two (N,).

    Distances are Euclidean, over pixels.
    """
    a, b = (np.reshape(x, (len(x), -1)).astype(np.float64) for x in (images, others))
    squares = np.square(a).sum(axis=1)[:, np.newaxis] + np.square(b).sum(axis=1) - 2 * a @ b.T
    index = squares.argmin(axis=1)
    return index, np.linalg.norm(a - b[index], axis=1)


def _mean_distance(images, others):
    return float(nearest(images, others)[1].mean())


def _warnings(spread, nearness):
    """Say what is wrong, each in a line."""
    expected = 1 / len(spread)
    said = []
    for what, classes in (
        ("rare", np.flatnonzero(spread < LEAST * expected)),
        ("frequent", np.flatnonzero(spread > MOST * expected)),
    ):
        if classes.size:
            shares = ", ".join(f"{c} ({spread[c]:.1%})" for c in classes)
            said.append(f"mode collapse: {what} among the images are the classes {shares}")
    if nearness < NEAR:
        said.append(
            f"copies: the images lie {nearness:.2f} times as far from training images as real "
            "ones do"
        )
    return said
