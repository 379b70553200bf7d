"""Random transforms of light, colour and detail: nothing moves.

Tested by ``tests/data/augment/test_pixels.py``.
"""

import math

import numpy as np

from minidl import image
from minidl.data.augment.transform import Step, Tone, Transform
from minidl.runtime import checks


class Brightness(Transform):
    """Makes images lighter or darker, by a share `delta` of the way from black to white."""

    def __init__(self, delta=0.2, p=1.0):
        super().__init__(p)
        self.delta = checks.span(delta, "Brightness: delta", -1, 1)

    def step(self, draws, chosen, frame):
        """Return the tone."""
        black, white = frame.levels
        offset = np.where(chosen, draws.uniform(*self.delta) * (white - black), 0.0)
        return Tone(np.ones(len(chosen)), offset, frame)


class Factor(Transform):
    """A transform by a factor around 1: one number a stands for 1 − a to 1 + a."""

    #: The function of `minidl.image`.
    change = None
    needs_colour = False

    def __init__(self, factor=0.3, p=1.0):
        super().__init__(p)
        self.factor = checks.span(factor, f"{type(self).__name__}: factor", 0, 100, centre=1.0)

    def step(self, draws, chosen, frame):
        """Return the step that applies the function."""
        if self.needs_colour:
            check_colour(self, frame)
        factors = draws.uniform(*self.factor)

        def change(images, which):
            return type(self).change(images, factors[which], frame.levels)

        return Step(chosen, change, frame)


class Contrast(Factor):
    """Spreads each channel's levels about their mean, or brings them together."""

    change = staticmethod(image.adjust_contrast)


class Saturation(Factor):
    """Makes colours stronger or weaker; at factor 0, grey."""

    change = staticmethod(image.adjust_saturation)
    needs_colour = True


class Hue(Transform):
    """Takes all colours on around the colour circle, by a share `turn` of it."""

    def __init__(self, turn=0.05, p=1.0):
        super().__init__(p)
        self.turn = checks.span(turn, "Hue: turn", -1, 1)

    def step(self, draws, chosen, frame):
        """Return the step that applies `minidl.image.adjust_hue`."""
        check_colour(self, frame)
        turns = draws.uniform(*self.turn)

        def change(images, which):
            return image.adjust_hue(images, turns[which], frame.levels)

        return Step(chosen, change, frame)


class Noise(Transform):
    """Adds Gaussian noise, independent for every number of every pixel.

    Parameters
    ----------
    std : float or (float, float)
        Standard deviation, as a share of the way from black to white, drawn for each image: one
        number is for all.
    """

    def __init__(self, std=0.05, p=1.0):
        super().__init__(p)
        self.std = checks.span(
            std if isinstance(std, list | tuple) else (std, std), "Noise: std", 0, 1
        )

    def step(self, draws, chosen, frame):
        """Return the step that adds the noise."""
        std = draws.uniform(*self.std)
        noise_draws = draws.child(0)

        def change(images, which):
            noise = noise_draws.take(which).normal(images.shape[1:])
            noise *= std[which, np.newaxis, np.newaxis, np.newaxis]
            return image.add_noise(images, noise, frame.levels)

        return Step(chosen, change, frame)


class Blur(Transform):
    """Blurs images with a Gaussian whose `sigma` is drawn between two, in pixels."""

    def __init__(self, sigma=(0.1, 1.0), p=1.0):
        super().__init__(p)
        what = "Blur: sigma"
        self.sigma = checks.span(
            sigma if isinstance(sigma, list | tuple) else (0, sigma), what, 0, 100
        )

    def step(self, draws, chosen, frame):
        """Return the step that blurs, image by image."""
        sigmas = draws.uniform(*self.sigma)
        size = 2 * math.ceil(3 * self.sigma[1]) + 1

        def change(images, which):
            blurred = [
                image.gaussian_blur(each, size, float(sigma))
                for each, sigma in zip(images, sigmas[which], strict=True)
            ]
            return np.stack(blurred)

        return Step(chosen, change, frame)


class Equalize(Transform):
    """Spreads the levels of each channel evenly: `minidl.image.equalize`."""

    def step(self, draws, chosen, frame):
        """Return the step that equalizes."""

        def change(images, _which):
            return image.equalize(images, frame.levels)

        return Step(chosen, change, frame)


class Cutout(Transform):
    """Covers a rectangle of each image (DeVries and Taylor, 2017); labels and boxes stay.

    Parameters
    ----------
    size : float or (float, float)
        Height and width, as shares of the image's: drawn from the range. Its middle lies anywhere
        in the image, so part of it may be cut off.
    value : float, optional
        What it is covered with: black, if not given.
    """

    def __init__(self, size=(0.1, 0.4), value=None, p=1.0):
        super().__init__(p)
        size = size if isinstance(size, list | tuple) else (size, size)
        self.size = checks.span(size, "Cutout: size", 0, 1)
        self.value = None if value is None else checks.real(value, "Cutout: value", -1e30, 1e30)

    def step(self, draws, chosen, frame):
        """Return the step that covers."""
        boxes = rectangles(draws, draws.uniform(*self.size, shape=(2,)), frame.size)
        value = frame.levels[0] if self.value is None else self.value

        def change(images, which):
            return image.cutout(images, boxes[which], value)

        return Step(chosen, change, frame)


def check_colour(transform, frame):
    """Refuse images without colours, whether one is chosen or not."""
    if frame.channels != 3:
        raise ValueError(
            f"{type(transform).__name__}: images need 3 channels, red, green and blue, got "
            f"{frame.channels} (RandAugment has colour=False)"
        )


def rectangles(draws, shares, size):
    """Return boxes (N, 4) of whole pixels: shares (N, 2) of width and height, anywhere.

    Their middles lie in the image; they are cut off at its border.
    """
    limits = np.array(size[::-1])
    middles, halves = draws.uniform(shape=(2,)) * limits, shares * limits / 2
    low, high = np.rint(middles - halves), np.rint(middles + halves)
    return np.clip(np.concatenate([low, high], axis=1), 0, [*limits, *limits]).astype(np.int64)
