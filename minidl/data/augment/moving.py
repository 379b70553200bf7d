"""Random transforms that move things: boxes, masks and key points go with the image.

Numbers that say how far are ranges: one number a stands for −a to a, two for the range itself.
Tested by ``tests/data/augment/test_moving.py``.
"""

import numpy as np

from minidl.data.augment.transform import Bend, Move, Transform
from minidl.image import geometry
from minidl.image.warping import MODES, smooth_flow
from minidl.runtime import checks

#: Degrees up to which a digit or letter stays what it is.
UPRIGHT = 45


class Moving(Transform):
    """A transform by matrices; subclasses draw them."""

    def matrices(self, draws, size):
        """Return (N, 2, 3) for images of `size` (H, W)."""
        raise NotImplementedError(f"{type(self).__name__} needs a method matrices(draws, size)")

    def step(self, draws, chosen, frame):
        """Return the move: the matrices, or that of the image that stays."""
        matrices = self.matrices(draws, frame.size)
        if not chosen.all():
            matrices = np.where(chosen[:, np.newaxis, np.newaxis], matrices, geometry.identity())
        return Move(matrices, frame.size, frame)


class Flip(Moving):
    """Mirrors images.

    Parameters
    ----------
    mode : "horizontal", "vertical" or "horizontal_and_vertical"
        Of the last, each by a coin of its own.
    p : float
        Of each coin.
    """

    def __init__(self, mode="horizontal", p=0.5):
        super().__init__(p)
        if mode not in MODES:
            raise checks.unknown_name("Flip: mode", mode, MODES)
        self.mode = mode

    def parts(self, draws):
        """Yield itself for every image: the coins are in the matrices."""
        yield self, np.ones(len(draws), bool), draws

    def matrices(self, draws, size):
        """Return the matrices of images that are mirrored, or not."""
        coins = draws.uniform(shape=(2,)) < self.p
        return geometry.flipping(
            coins[:, 0] & ("horizontal" in self.mode), coins[:, 1] & ("vertical" in self.mode), size
        )

    def label_risks(self):
        """Mirrored writing is none."""
        why = "a mirrored digit or letter is another one, or none"
        return {"digits": why, "text": why} if self.p > 0 else {}


class Shift(Moving):
    """Moves images, by shares of their height and width.

    >>> Shift(0.1, (0, 0.2)).height, Shift(0.1, (0, 0.2)).width
    ((-0.1, 0.1), (0.0, 0.2))
    """

    def __init__(self, height=0.1, width=None, p=1.0):
        super().__init__(p)
        self.height = checks.span(height, "Shift: height", -1, 1)
        self.width = checks.span(height if width is None else width, "Shift: width", -1, 1)

    def matrices(self, draws, size):
        """Return shifts, downwards and to the right."""
        share = draws.uniform(shape=(2,))
        return geometry.translation(
            _within(self.width, share[:, 0]) * size[1], _within(self.height, share[:, 1]) * size[0]
        )


class Rotate(Moving):
    """Turns images about their middle, by `degrees` counter-clockwise."""

    def __init__(self, degrees=15, p=1.0):
        super().__init__(p)
        self.degrees = checks.span(degrees, "Rotate: degrees", -360, 360)

    def matrices(self, draws, size):
        """Return turns."""
        return geometry.rotation(draws.uniform(*self.degrees), size)

    def label_risks(self):
        """Writing has an upper end."""
        if self.p == 0 or max(map(abs, self.degrees)) <= UPRIGHT:
            return {}
        why = f"a 6 turned by 180° is a 9, an N turned by 90° a Z: turn by {UPRIGHT}° at most"
        return {"digits": why, "text": why}


class Zoom(Moving):
    """Enlarges images about their middle by ``2 ** octaves``, so that 1 and −1 are as far.

    Parameters
    ----------
    octaves : float or (float, float)
        From −4, a sixteenth, to 4, sixteen times.
    stretch : float or (float, float)
        How many octaves more the width is enlarged than the height, one half to each.
    """

    def __init__(self, octaves=0.2, stretch=0.0, p=1.0):
        super().__init__(p)
        self.octaves = checks.span(octaves, "Zoom: octaves", -4, 4)
        self.stretch = checks.span(stretch, "Zoom: stretch", -4, 4)

    def matrices(self, draws, size):
        """Return enlargements."""
        share = draws.uniform(shape=(2,))
        octaves, stretch = _within(self.octaves, share[:, 0]), _within(self.stretch, share[:, 1])
        return geometry.scaling(2 ** (octaves + stretch / 2), 2 ** (octaves - stretch / 2), size)


class Shear(Moving):
    """Slants images: x′ = x + x_shear · y, y′ = y + y_shear · x, about the middle."""

    def __init__(self, x_shear=0.2, y_shear=0.0, p=1.0):
        super().__init__(p)
        # At 1 and 1, nothing would be left of the image's area.
        self.x_shear = checks.span(x_shear, "Shear: x_shear", -0.9, 0.9)
        self.y_shear = checks.span(y_shear, "Shear: y_shear", -0.9, 0.9)

    def matrices(self, draws, size):
        """Return slants."""
        share = draws.uniform(shape=(2,))
        return geometry.shearing(
            _within(self.x_shear, share[:, 0]), _within(self.y_shear, share[:, 1]), size
        )


class Crop(Moving):
    """Cuts a part of `size` out of each image, at any place.

    Parameters
    ----------
    size : int or (int, int)
        Height and width of the result.
    padding : int
        Pixels beyond the border that may be in it, filled as the policy says.
    """

    def __init__(self, size, padding=0):
        super().__init__()
        self.size = checks.pair(size, "Crop: size")
        self.padding = checks.integer(padding, "Crop: padding", 0)

    def step(self, draws, chosen, frame):
        """Return the move into the smaller frame, by whole pixels."""
        room = [n + 2 * self.padding - m for n, m in zip(frame.size, self.size, strict=True)]
        if min(room) < 0:
            height, width = frame.size
            raise ValueError(
                f"Crop: {self.size[0]} × {self.size[1]} pixels do not fit in images of {height} × "
                f"{width} with padding {self.padding}"
            )
        top, left = (draws.integers(0, n + 1) - self.padding for n in room)
        return Move(geometry.translation(-left, -top), self.size, frame)

    def label_risks(self):
        """What is decisive may be cut off."""
        return {"digits": "a crop may cut off what tells digits apart; use Shift"}


class Elastic(Transform):
    """Bends images as if they were printed on rubber (Simard et al., 2003).

    Parameters
    ----------
    alpha : float
        How far pixels move in each direction: root of the mean square, as a share of the shorter
        side; from 0 to 0.1.
    sigma : float
        Over how far neighbours move together, as a share of the shorter side.
    """

    def __init__(self, alpha=0.03, sigma=0.12, p=1.0):
        super().__init__(p)
        self.alpha = checks.real(alpha, "Elastic: alpha", 0, 0.1)
        self.sigma = checks.real(sigma, "Elastic: sigma", 0.01, 1)
        if self.alpha > self.sigma / 2:
            raise ValueError(
                f"Elastic: alpha needs at most half of sigma, or the image would fold over itself; "
                f"got alpha={alpha!r}, sigma={sigma!r}"
            )

    def step(self, draws, chosen, frame):
        """Return the flows, 0 for images that stay."""
        side, which = min(frame.size), np.flatnonzero(chosen)
        flows = np.zeros((len(chosen), *frame.size, 2))
        noise = draws.take(which).normal((*frame.size, 2))
        flows[which] = smooth_flow(noise, self.alpha * side, self.sigma * side)
        return Bend(flows, frame)


def _within(limits, share):
    """Return the numbers that lie at `share` of the way from the least to the most."""
    return limits[0] + (limits[1] - limits[0]) * share
