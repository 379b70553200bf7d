"""Layers that change images' levels and colours at random while a model trains, by Keras's names.

They are as the others of `minidl.layers.augmentation`.
"""

import numpy as np

from minidl import image
from minidl.image.layout import levels_of
from minidl.layers.augmentation import RandomLayer
from minidl.runtime import checks


class RandomLevels(RandomLayer):
    """What layers that change levels have in common.

    Parameters
    ----------
    factor : float or (float, float)
    value_range : (float, float)
        Black and white. Keras's default is (0, 255): say (0, 1) for images that have been scaled.
    seed : int, optional
    """

    fields = ("factor", "value_range", *RandomLayer.fields)
    #: The function of `minidl.image`, and the least factor.
    adjust = None
    least = -1

    def __init__(self, factor, value_range=(0, 255), seed=None, **kwargs):
        super().__init__(seed=seed, **kwargs)
        name = type(self).__name__
        self.factor = self.limits(factor, f"{name}: factor")
        self.value_range = levels_of(np.empty(0), value_range, name)

    def limits(self, factor, what):
        """Return the range of factors."""
        return checks.span(factor, what, self.least, 1)

    def amounts(self, count, rng):
        """Return what the function of `minidl.image` is given, for each image."""
        return rng.uniform(*self.factor, count)

    def change(self, images, rng):
        """Return images with other levels."""
        return type(self).adjust(images, self.amounts(len(images), rng), self.value_range)


class RandomBrightness(RandomLevels):
    """Makes images lighter or darker.

    Parameters
    ----------
    factor : float or (float, float)
        Share of the way from black to white that is added; one number a is the range from −a to a.
    value_range, seed
        See `RandomLevels`.
    """

    adjust = staticmethod(image.adjust_brightness)


class RandomContrast(RandomLevels):
    """Spreads each channel's levels about their mean, or brings them together.

    Parameters
    ----------
    factor : float or (float, float)
        (a, b) multiplies by 1 − a to 1 + b, and one number a is (a, a): so Keras's documentation
        says, while its code makes (0, a) of a.
    value_range, seed
        See `RandomLevels`.
    """

    adjust = staticmethod(image.adjust_contrast)

    def limits(self, factor, what):
        """Return (a, b)."""
        pair = factor if isinstance(factor, list | tuple) else (factor, factor)
        return checks.span(pair, what, 0, 1)

    def amounts(self, count, rng):
        """Return what multiplies the distance from the mean."""
        return rng.uniform(1 - self.factor[0], 1 + self.factor[1], count)


class RandomSaturation(RandomLevels):
    """Makes colours weaker, by factors below ½, or stronger.

    Parameters
    ----------
    factor : float or (float, float)
        From 0, grey, over ½, unchanged, to 1, as strong as can be: the saturation is multiplied
        by factor / (1 − factor). One number a is the range from 0 to a.
    value_range, seed
        See `RandomLevels`.
    """

    adjust = staticmethod(image.adjust_saturation)
    least = 0

    def amounts(self, count, rng):
        """Return what multiplies the saturation; Keras's 10⁻⁷ keeps it finite."""
        factor = super().amounts(count, rng)
        return factor / (1 - factor + 1e-7)


class RandomHue(RandomLevels):
    """Takes colours on around the colour circle, or back.

    Parameters
    ----------
    factor : float or (float, float)
        From 0 to 1, in half turns, in either direction; one number a is the range from 0 to a.
    value_range, seed
        See `RandomLevels`.
    """

    adjust = staticmethod(image.adjust_hue)
    least = 0

    def amounts(self, count, rng):
        """Return turns."""
        return super().amounts(count, rng) * rng.choice([-0.5, 0.5], count)
