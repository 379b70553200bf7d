"""Array transforms of images: an array and parameters in, an array out; nothing random.

One image (H, W) or (H, W, C), or a batch (N, H, W, C), of uint8 from 0 to 255 or of float32 or
float64, mostly from 0 to 1; what comes out has the dtype of what went in, unless a function says
otherwise. `minidl.data.augment` draws the parameters at random.
"""

from minidl.image import boxes, geometry
from minidl.image.colour import (
    adjust_brightness,
    adjust_contrast,
    adjust_hue,
    adjust_saturation,
    hsv_to_rgb,
    rgb_to_grayscale,
    rgb_to_hsv,
)
from minidl.image.cropping import center_crop, crop, pad
from minidl.image.filters import gaussian_blur, sobel
from minidl.image.levels import equalize, otsu, threshold
from minidl.image.mixing import add_noise, cutmix, cutout, mixup
from minidl.image.morphology import closing, dilate, erode, opening
from minidl.image.resizing import resize
from minidl.image.scaling import Standardization, normalize, rescale, standardize
from minidl.image.warping import affine, flip, rotate, shear, shift, smooth_flow, warp, zoom
from minidl.image.whitening import ZCA

__all__ = [
    "ZCA",
    "Standardization",
    "add_noise",
    "adjust_brightness",
    "adjust_contrast",
    "adjust_hue",
    "adjust_saturation",
    "affine",
    "boxes",
    "center_crop",
    "closing",
    "crop",
    "cutmix",
    "cutout",
    "dilate",
    "equalize",
    "erode",
    "flip",
    "gaussian_blur",
    "geometry",
    "hsv_to_rgb",
    "mixup",
    "normalize",
    "opening",
    "otsu",
    "pad",
    "rescale",
    "resize",
    "rgb_to_grayscale",
    "rgb_to_hsv",
    "rotate",
    "shear",
    "shift",
    "smooth_flow",
    "sobel",
    "standardize",
    "threshold",
    "warp",
    "zoom",
]
