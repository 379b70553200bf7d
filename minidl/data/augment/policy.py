"""Policies: transforms one after the other, chosen at random, or by RandAugment.

Tested by ``tests/data/augment/test_policy.py``.
"""

import dataclasses
import warnings

import numpy as np

from minidl.data.augment import moving, pixels
from minidl.data.augment.draws import Draws, as_indices
from minidl.data.augment.transform import Frame, Transform
from minidl.image.boxes import as_boxes, box_areas, clip_boxes
from minidl.image.layout import as_batch, as_given, levels_of
from minidl.kernels.warp import FILLS
from minidl.runtime import checks

#: What `Compose` may be told that images show.
CONTENTS = ("digits", "text")


class LabelWarning(UserWarning):
    """A transform may turn a thing into one of another class."""


@dataclasses.dataclass(frozen=True)
class Sample:
    """An image with what is known about it, all of which moves with it.

    Attributes
    ----------
    image : (H, W) or (H, W, C) of uint8, float32 or float64
    boxes : (M, 4), optional
        (x_min, y_min, x_max, y_max) in pixels, edges included: see `minidl.image.boxes`.
    labels : (M, …), optional
        Of the boxes: those of boxes that leave the image go with them.
    mask : (H, W) or (H, W, K), optional
        Class numbers, of any type of integers.
    points : (K, 2) or (K, 3), optional
        (x, y) or (x, y, visibility).
    """

    image: np.ndarray
    boxes: np.ndarray | None = None
    labels: np.ndarray | None = None
    mask: np.ndarray | None = None
    points: np.ndarray | None = None


class Group(Transform):
    """Several transforms, all of them or, with probability 1 − p, none."""

    def __init__(self, transforms, p=1.0):
        super().__init__(p)
        self.transforms = _checked(transforms, type(self).__name__)

    def parts(self, draws):
        """Yield the transforms' parts."""
        chosen = draws.chance(self.p)
        for number, transform in enumerate(self.transforms):
            for part, also, own in transform.parts(draws.child(number)):
                yield part, chosen & also, own

    def label_risks(self):
        """Return those of all transforms."""
        risks = {}
        for transform in self.transforms:
            risks |= transform.label_risks() if self.p > 0 else {}
        return risks


class Some(Group):
    """`count` of several transforms for each image, with equal probability, some perhaps twice.

    Parameters
    ----------
    transforms : sequence of Transform
        Without `Crop`: all images have to keep one size.
    count : int
    p : float
    """

    def __init__(self, transforms, count=1, p=1.0):
        super().__init__(transforms, p)
        self.count = checks.integer(count, f"{type(self).__name__}: count")
        if any(isinstance(part, moving.Crop) for part in _flat(self.transforms)):
            raise ValueError(
                f"{type(self).__name__}: Crop would give the images different sizes; put it beside"
            )

    def parts(self, draws):
        """Yield, in each round, every transform for the images that have drawn it."""
        chosen = draws.chance(self.p)
        for turn in range(self.count):
            round_draws = draws.child(turn)
            drawn = round_draws.integers(0, len(self.transforms))
            for number, transform in enumerate(self.transforms):
                for part, also, own in transform.parts(round_draws.child(number)):
                    yield part, chosen & also & (drawn == number), own


class RandAugment(Some):
    """`count` transforms of one `magnitude` for each image (Cubuk et al., 2020).

    Parameters
    ----------
    count : int
        How many of them, one after the other.
    magnitude : float
        From 0, nothing, to 10: turns up to 30°, shears and shifts up to 0.3, brightness up to
        0.5, contrast and saturation up to a factor of 0.1 or 1.9, blur up to σ = 2 pixels.
    colour : bool
        Whether the images have colours to change.
    """

    def __init__(self, count=2, magnitude=9, colour=True, p=1.0):
        share = checks.real(magnitude, "RandAugment: magnitude", 0, 10) / 10
        transforms = [
            Group([]),  # leaves the image as it is
            moving.Rotate(30 * share),
            moving.Shear(0.3 * share),
            moving.Shear(0, 0.3 * share),
            moving.Shift(0.3 * share, 0),
            moving.Shift(0, 0.3 * share),
            pixels.Brightness(0.5 * share),
            pixels.Contrast(0.9 * share),
            pixels.Blur((0, 2 * share)),
            pixels.Equalize(min(1, share * 2)),
        ]
        if colour:
            transforms.append(pixels.Saturation(0.9 * share))
        super().__init__(transforms, count, p)


class Compose:
    """A policy: random transforms, in order, that come out the same whenever they are asked for.

    The numbers drawn for an image follow from (seed, epoch, index of the image) alone: not from
    the batch that it is in, nor from threads. Moves that follow each other are one move, and
    a change of brightness after them is made in the same pass, so pixels are interpolated once.

    Parameters
    ----------
    transforms : sequence of Transform
    seed : int
        At least 0.
    value_range : (black, white), optional
        Of the images; 0 and 255 for uint8, else 0 and 1.
    fill_mode, fill_value, mask_value
        What lies beyond the border of images and masks: see `minidl.image.warping`.
    min_share : float in [0, 1]
        A box goes if less than this share of its area is left in the image.
    content : "digits" or "text", optional
        What the images show. A transform that may turn one class into another, such as a flip,
        then gives a `LabelWarning`.

    >>> policy = Compose([moving.Rotate(10), pixels.Brightness(0.2)], seed=1)
    >>> x = np.full((3, 28, 28, 1), 100, np.uint8)
    >>> batch = policy(x, indices=[10, 11, 12], epoch=4)
    >>> bool((policy(x[1:2], indices=[11], epoch=4) == batch[1:2]).all())
    True
    """

    def __init__(
        self,
        transforms,
        seed=0,
        *,
        value_range=None,
        fill_mode="constant",
        fill_value=0.0,
        mask_value=0,
        min_share=0.1,
        content=None,
    ):
        self.group = Group(transforms)
        self.seed = checks.integer(seed, "Compose: seed", 0)
        if fill_mode not in FILLS:
            raise checks.unknown_name("Compose: fill_mode", fill_mode, FILLS)
        self.value_range = value_range
        self.fills = fill_mode, fill_value, mask_value
        self.min_share = checks.real(min_share, "Compose: min_share", 0, 1)
        self.content = content
        for reason in risks_for(self.group, content):
            warnings.warn(reason, LabelWarning, stacklevel=2)

    def __call__(self, images, indices=None, epoch=0):
        """Return augmented images.

        Parameters
        ----------
        images : (N, H, W, C), or one (H, W) or (H, W, C), of uint8, float32 or float64
        indices : (N,) of int
            Which images of their data set these are; 0, 1, … if not given.
        epoch : int

        Returns
        -------
        New images of the dtype given, and of the same size unless there is a `Crop`.
        """
        batch = as_batch(images, "augment")
        indices = np.arange(len(batch)) if indices is None else as_indices(indices)
        if len(indices) != len(batch):
            raise ValueError(f"augment: got {len(indices)} indices for {len(batch)} images")
        changed = batch
        for step in self.steps(batch, Draws(self.seed, epoch, indices)):
            changed = step.images(changed)
        return as_given(changed.copy() if changed is batch else changed, np.ndim(images))

    def sample(self, sample, index=0, epoch=0):
        """Return a `Sample` augmented: its image as in any batch, and the rest moved with it."""
        batch = as_batch(sample.image, "augment")
        if np.ndim(sample.image) == 4:
            raise ValueError(f"augment: a sample needs one image, got shape {batch.shape}")
        moved = Sample(
            batch, mask=_mask(sample.mask, batch), points=sample.points, **_boxes(sample)
        )
        share = None if sample.boxes is None else np.ones(len(moved.boxes))
        for step in self.steps(batch, Draws(self.seed, epoch, [index])):
            moved, share = _through(step, moved, share)
        if sample.boxes is not None:
            kept = share >= max(self.min_share * (1 - 1e-9), 1e-12)
            labels = None if moved.labels is None else moved.labels[kept]
            moved = dataclasses.replace(moved, boxes=moved.boxes[kept], labels=labels)
        return dataclasses.replace(
            moved,
            image=as_given(moved.image, np.ndim(sample.image)),
            mask=None if sample.mask is None else as_given(moved.mask, np.ndim(sample.mask)),
        )

    def steps(self, images, draws):
        """Return what is to be done with these images, in few passes."""
        levels = levels_of(images, self.value_range, "augment")
        frame = Frame(images.shape[1:3], images.shape[3], levels, *self.fills)
        steps = []
        for part, chosen, own in self.group.parts(draws):
            if steps:
                frame = dataclasses.replace(frame, size=steps[-1].size)
            step = part.step(own, chosen, frame)
            joined = steps[-1].then(step) if steps else None
            steps[-1:] = [joined] if joined else [*steps[-1:], step]
        return steps


def digits(seed=0, *, shift=0.08, rotation=12, zoom=0.15, shear=0.1, elastic=0.0, **options):
    """Return a policy for handwritten digits, which leaves each digit the one that it is.

    Parameters
    ----------
    seed : int
    shift : float
        Share of height and width, at most 0.25: more would push digits out of the image.
    rotation : float
        Degrees, at most 45: a 6 turned by 180° is a 9.
    zoom, shear : float
        As of `Zoom` and `Shear`; each at most 0.5.
    elastic : float
        As alpha of `Elastic`; at most 0.05.
    options
        As of `Compose`.

    Raises
    ------
    ValueError
        For numbers beyond these limits.

    >>> digits(rotation=180)
    Traceback (most recent call last):
    ...
    ValueError: digits: rotation needs a number in [0, 45], got 180
    """
    limits = {"shift": 0.25, "rotation": moving.UPRIGHT, "zoom": 0.5, "shear": 0.5, "elastic": 0.05}
    given = dict(zip(limits, (shift, rotation, zoom, shear, elastic), strict=True))
    far = {name: checks.real(given[name], f"digits: {name}", 0, limits[name]) for name in limits}
    transforms = [
        moving.Zoom(far["zoom"]),
        moving.Shear(far["shear"]),
        moving.Rotate(far["rotation"]),
        moving.Shift(far["shift"]),
    ]
    if elastic:
        transforms.append(moving.Elastic(far["elastic"]))
    return Compose(transforms, seed, **({"content": "digits"} | options))


def photos(seed=0, *, shift=0.08, rotation=10, zoom=0.2, brightness=0.15, contrast=0.2, **options):
    """Return a policy for photographs of things that stand upright: mirrored, moved, relit.

    Parameters
    ----------
    seed : int
    shift, rotation, zoom, brightness, contrast : float
        As of `Shift`, `Rotate`, `Zoom`, `Brightness` and `Contrast`.
    options
        As of `Compose`; beyond the border, the image is mirrored, unless they say otherwise.

    >>> x = np.full((2, 8, 8, 3), 100, np.uint8)
    >>> photos(seed=1)(x, epoch=3).shape
    (2, 8, 8, 3)
    """
    transforms = [
        moving.Flip("horizontal"),
        moving.Zoom(zoom),
        moving.Rotate(rotation),
        moving.Shift(shift),
        pixels.Brightness(brightness),
        pixels.Contrast(contrast),
    ]
    return Compose(transforms, seed, **({"fill_mode": "reflect"} | options))


def risks_for(transform, content):
    """Return why labels of images that show `content` may become wrong: a list of sentences."""
    if content is None:
        return []
    if content not in CONTENTS:
        raise checks.unknown_name("content", content, CONTENTS)
    return [
        f"{type(part).__name__} may change the labels of {content}: {part.label_risks()[content]}"
        for part in _flat(transform.transforms)
        if transform.p > 0 and content in part.label_risks()
    ]


def _flat(transforms):
    """Return the transforms that are not groups, of groups too."""
    flat = []
    for transform in transforms:
        flat += _flat(transform.transforms) if isinstance(transform, Group) else [transform]
    return flat


def _checked(transforms, name):
    if not isinstance(transforms, list | tuple):
        raise TypeError(f"{name}: needs a list of transforms, got {type(transforms).__name__}")
    for transform in transforms:
        if not isinstance(transform, Transform):
            raise TypeError(
                f"{name}: needs transforms of minidl.data.augment, got {type(transform).__name__}"
            )
    return list(transforms)


def _mask(mask, batch):
    """Return a mask as (1, H, W, K), of the image's size; None if there is none."""
    if mask is None:
        return None
    mask = np.asarray(mask)
    height, width = batch.shape[1:3]
    if mask.dtype.kind not in "iub" or mask.shape[:2] != (height, width) or mask.ndim > 3:
        raise ValueError(
            f"augment: a mask needs whole numbers or booleans of shape ({height}, {width}) as the "
            f"image, got {mask.dtype} {mask.shape}"
        )
    return mask.reshape(1, *mask.shape[:2], -1)


def _boxes(sample):
    """Return the boxes and labels of a sample, checked."""
    if sample.boxes is None and sample.labels is None:
        return {}
    boxes = as_boxes([] if sample.boxes is None else sample.boxes, "augment: boxes")
    if sample.labels is None:
        return {"boxes": boxes}
    labels = np.asarray(sample.labels)
    if labels.shape[:1] != (len(boxes),):
        raise ValueError(
            f"augment: a sample needs one label for each of its {len(boxes)} boxes, got shape "
            f"{labels.shape}"
        )
    return {"boxes": boxes, "labels": labels}


def _through(step, sample, share):
    """Take a sample of batches of one through a step, and what is left of its boxes with it.

    A box outside the image keeps its place, with share 0.
    """
    boxes = sample.boxes
    if boxes is not None:
        boxes = step.boxes(boxes)
        before = box_areas(boxes)
        inside, kept = clip_boxes(boxes, step.size)
        share = share * kept
        share[kept] *= box_areas(inside) / before[kept]
        boxes[kept] = inside
    return Sample(
        step.images(sample.image),
        boxes,
        sample.labels,
        None if sample.mask is None else step.masks(sample.mask),
        None if sample.points is None else step.points(sample.points),
    ), share
