"""Which pixels a classifier's answer hangs on: saliency, SmoothGrad, Grad-CAM."""

import numpy as np

from minidl.autograd import Tensor, grad
from minidl.insight.activations import batch, layer_named, watched
from minidl.models import Sequential
from minidl.models.graph import Functional
from minidl.runtime import checks


def saliency(model, x, classes=None):
    """Return the gradient of a class's score by every pixel.

    Parameters
    ----------
    model : Model
        From images to classes (N, K).
    x : array (N, H, W, C)
    classes : int or array (N,), optional
        By default what the model takes each image for.

    Returns
    -------
    array (N, H, W, C)
        The signed gradient of the score before softmax (of the output, in a subclassed
        model); its largest absolute value over C is the map of Simonyan, Vedaldi, Zisserman,
        "Deep inside convolutional networks" (2014).

    >>> import minidl
    >>> model = minidl.Sequential([minidl.Input((4, 4, 1)), minidl.layers.Flatten(),
    ...     minidl.layers.Dense(3)])
    >>> saliency(model, np.ones((2, 4, 4, 1))).shape
    (2, 4, 4, 1)
    """
    x = Tensor(batch(model, x, "saliency"), requires_grad=True)
    scores = _scores(model, x)
    (found,) = grad(_chosen(scores, classes, "saliency").sum(), x)
    return found.data


def smooth_grad(model, x, classes=None, *, samples=25, noise=0.15, seed=0):
    """Return the mean of `saliency` over noisy copies of the images.

    SmoothGrad of Smilkov et al., "SmoothGrad: removing noise by adding noise" (2017). The
    noise is Gaussian; its standard deviation is `noise` times an image's range (max − min).
    The class is that of the image without noise.

    Parameters
    ----------
    x : array (N, H, W, C)
    classes : int or array (N,), optional
    samples : int
    noise : float
        At least 0.
    seed : int
    """
    x = batch(model, x, "smooth_grad")
    samples = checks.integer(samples, "smooth_grad: samples")
    noise = checks.real(noise, "smooth_grad: noise", 0)
    if classes is None:
        classes = _scores(model, Tensor(x)).data.argmax(axis=1)
    axes = (1, 2, 3)
    deviation = noise * (x.max(axes, keepdims=True) - x.min(axes, keepdims=True))
    rng = np.random.default_rng(seed)
    total = np.zeros(x.shape)
    for _ in range(samples):
        noisy = x + deviation * rng.standard_normal(x.shape)
        total += saliency(model, noisy, classes)
    return (total / samples).astype(x.dtype)


def grad_cam(model, x, classes=None, layer=None):
    """Return where a layer's features speak for a class.

    Grad-CAM of Selvaraju et al. (2017): ``relu(Σ_c α_c A_c)``, where A_c are the layer's
    feature maps and α_c the means over all places of the gradient of the class's score.

    Parameters
    ----------
    model : Model
    x : array (N, H, W, C)
    classes : int or array (N,), optional
    layer : str, optional
        The name of a layer with output (N, h, w, F); by default the last convolution.

    Returns
    -------
    array (N, h, w)
        At least 0, of the layer's size.

    Raises
    ------
    ValueError
        If there is no such layer, or none that gives feature maps.
    """
    x = Tensor(batch(model, x, "grad_cam"), requires_grad=True)
    scores, outputs = watched(model, x, **_options(model))
    chosen = _feature_layer(outputs, layer)
    features = outputs[chosen]
    (slope,) = grad(_chosen(scores, classes, "grad_cam").sum(), features)
    weights = slope.data.mean(axis=(1, 2), keepdims=True)
    return np.maximum((weights * features.data).sum(axis=3), 0)


def _feature_layer(outputs, name):
    if name is not None:
        layer = layer_named(outputs, name, "grad_cam")
        if len(outputs[layer].shape) != 4:
            raise ValueError(
                f"grad_cam: needs a layer of feature maps (N, h, w, F), but {name!r} gives "
                f"shape {outputs[layer].shape}"
            )
        return layer
    convolutions = [each for each in outputs if "Conv2D" in type(each).__name__]
    if not convolutions:
        raise ValueError(
            "grad_cam: the model has no convolution (Conv2D); name a layer of feature maps "
            f"(known: {', '.join(each.name for each in outputs)})"
        )
    return convolutions[-1]


def _options(model):
    """Scores are taken before softmax where the model can give them."""
    return {"logits": True} if isinstance(model, Sequential | Functional) else {}


def _scores(model, x):
    return model(x, **_options(model))


def _chosen(scores, classes, caller):
    """Return the score of each image's class, (N,)."""
    if not isinstance(scores, Tensor) or len(scores.shape) != 2:
        shape = getattr(scores, "shape", "several outputs")
        raise ValueError(f"{caller}: needs a model that gives classes (N, K), got {shape}")
    count, known = scores.shape
    if classes is None:
        classes = scores.data.argmax(axis=1)
    classes = np.broadcast_to(classes, count) if np.ndim(classes) == 0 else classes
    classes = checks.class_numbers(classes, f"{caller}: classes", known)
    if len(classes) != count:
        raise ValueError(f"{caller}: got {len(classes)} classes for {count} images")
    return scores[np.arange(count), classes]
