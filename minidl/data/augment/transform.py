"""What a random transform is, and the steps that it comes to for a batch.

A `Transform` draws parameters and returns a `Step`, which changes pixels or moves them. Steps that
follow each other are joined where one pass over the pixels can do both: always, or never, whatever
was drawn, so that an image does not depend on its batch. Tested by
``tests/data/augment/test_policy.py``.
"""

import dataclasses

import numpy as np

from minidl import image
from minidl.image import geometry
from minidl.image.boxes import move_boxes, move_points
from minidl.image.warping import move_through
from minidl.runtime import checks


@dataclasses.dataclass(frozen=True)
class Frame:
    """What a transform has to know of the images.

    Their size (H, W), channels, black and white, and what lies beyond the border.
    """

    size: tuple
    channels: int
    levels: tuple
    fill_mode: str = "constant"
    fill_value: float = 0.0
    mask_value: float = 0.0

    @property
    def fills(self):
        """How images are filled beyond their border."""
        return {"fill_mode": self.fill_mode, "fill_value": self.fill_value}

    @property
    def mask_fills(self):
        """How masks are."""
        return {"fill_mode": self.fill_mode, "fill_value": self.mask_value}


class Transform:
    """A change of images, by random numbers.

    Parameters
    ----------
    p : float in [0, 1]
        With which probability an image is changed.
    """

    def __init__(self, p=1.0):
        self.p = checks.real(p, f"{type(self).__name__}: p", 0, 1)

    def parts(self, draws):
        """Yield (transform, which images (N,) of bool, draws): itself, or what it is made of."""
        yield self, draws.chance(self.p), draws

    def step(self, draws, chosen, frame):
        """Return the `Step` that changes the `chosen` images (N,) of bool."""
        raise NotImplementedError(
            f"{type(self).__name__} needs a method step(draws, chosen, frame)"
        )

    def label_risks(self):
        """Return why labels may become wrong, by what the images show: {"digits": reason}.

        A 6 turned by 180° is a 9. Empty if there is no such danger.
        """
        return {}


class Step:
    """A change of pixels that moves nothing: of chosen images (N,) of bool."""

    def __init__(self, chosen, change, frame):
        self.chosen = chosen
        self.change = change
        self.frame = frame
        self.size = frame.size

    def then(self, step):
        """Return the one step that does this and then the other; None if there is none."""
        return

    def images(self, images):
        """Return the changed images (N, H, W, C)."""
        which = np.flatnonzero(self.chosen)
        if not len(which):
            return images
        changed = self.change(images[which], which)
        if len(which) == len(images):
            return changed
        out = images.copy()
        out[which] = changed
        return out

    def masks(self, masks):
        """Return the moved masks (N, H, W, C) of class numbers."""
        return masks

    def boxes(self, boxes):
        """Return where the first image's boxes (M, 4) go, not clipped yet."""
        return boxes

    def points(self, points):
        """Return where the first image's key points go."""
        return points


class Tone(Step):
    """gain · image + offset, between black and white: numbers (N,)."""

    def __init__(self, gain, offset, frame):
        self.gain, self.offset, self.frame, self.size = gain, offset, frame, frame.size

    def images(self, images):
        """Return the images, lighter or darker."""
        return Move(geometry.identity(len(images)), self.size, self.frame, self).images(images)


class Move(Step):
    """Matrices (N, 2, 3) that move the images, and perhaps a `Tone` after."""

    def __init__(self, matrices, size, frame, tone=None):
        self.matrices, self.size, self.frame, self.tone = matrices, size, frame, tone

    def then(self, step):
        """Join with another move, unless this one cuts something off, or with a tone."""
        if self.tone is not None:
            return None
        if isinstance(step, Tone):
            return Move(self.matrices, self.size, self.frame, step)
        if isinstance(step, Move) and self.size == self.frame.size:
            both = geometry.compose(self.matrices, step.matrices)
            return Move(both, step.size, self.frame, step.tone)
        return None

    def images(self, images):
        """Return the images, interpolated bilinearly, once."""
        if self._is_idle():
            return images
        tone = self.tone and (self.tone.gain, self.tone.offset, *self.frame.levels)
        return image.affine(images, self.matrices, self.size, **self.frame.fills, tone=tone)

    def masks(self, masks):
        """Return the masks, each pixel with the class of the nearest."""
        return image.affine(masks, self.matrices, self.size, "nearest", **self.frame.mask_fills)

    def boxes(self, boxes):
        """Return the upright boxes around where the boxes go."""
        return move_boxes(boxes, self._move)

    def points(self, points):
        """Return where the points go."""
        return move_points(points, self._move, self.size)

    def _move(self, points):
        return geometry.move(self.matrices[0], points)

    def _is_idle(self):
        """Whether nothing comes of it: no image was chosen."""
        tone = self.tone
        return (
            self.size == self.frame.size
            and (self.matrices == geometry.identity()).all()
            and (tone is None or ((tone.gain == 1).all() and (tone.offset == 0).all()))
        )


class Bend(Step):
    """Flows (N, H, W, 2) that bend the images."""

    def __init__(self, flows, frame):
        self.flows, self.frame, self.size = flows, frame, frame.size

    def images(self, images):
        """Return the images bent."""
        return image.warp(images, self.flows, **self.frame.fills)

    def masks(self, masks):
        """Return the masks bent, each pixel with the class of the nearest."""
        return image.warp(masks, self.flows, "nearest", **self.frame.mask_fills)

    def boxes(self, boxes):
        """Return the upright boxes around where the boxes go."""
        return move_boxes(boxes, self._move)

    def points(self, points):
        """Return where the points go."""
        return move_points(points, self._move, self.size)

    def _move(self, points):
        return move_through(self.flows[0], points)
