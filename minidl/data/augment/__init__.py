"""Random changes of images, to train on more than there is.

Every change follows from (seed, epoch, index of the image), so any sample can be made again.
Boxes, masks and key points move with their image. The array functions are in `minidl.image`;
layers that augment inside of a model are `minidl.layers.RandomFlip` and its kin.
"""

from minidl.data.augment.batches import AugmentedBatches, CutMix, MixUp
from minidl.data.augment.moving import Crop, Elastic, Flip, Rotate, Shear, Shift, Zoom
from minidl.data.augment.pixels import (
    Blur,
    Brightness,
    Contrast,
    Cutout,
    Equalize,
    Hue,
    Noise,
    Saturation,
)
from minidl.data.augment.policy import (
    Compose,
    Group,
    LabelWarning,
    RandAugment,
    Sample,
    Some,
    digits,
    photos,
)
from minidl.data.augment.transform import Transform

__all__ = [
    "AugmentedBatches",
    "Blur",
    "Brightness",
    "Compose",
    "Contrast",
    "Crop",
    "CutMix",
    "Cutout",
    "Elastic",
    "Equalize",
    "Flip",
    "Group",
    "Hue",
    "LabelWarning",
    "MixUp",
    "Noise",
    "RandAugment",
    "Rotate",
    "Sample",
    "Saturation",
    "Shear",
    "Shift",
    "Some",
    "Transform",
    "Zoom",
    "digits",
    "photos",
]
