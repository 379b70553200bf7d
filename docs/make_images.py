"""Make the figures of the documentation, or those named: ``python docs/make_images.py [NAME…]``."""

import pathlib
import sys

import numpy as np

import minidl
from minidl import plots
from minidl.data import augment

IMAGES = pathlib.Path(__file__).parent / "images"
#: In flower.jpg: two blossoms, and the heart of the larger one.
BLOSSOMS = [[84, 41, 224, 181], [144, 186, 237, 214]]
HEART = [[152, 107, 2]]
TRANSFORMS = {
    "Flip": [augment.Flip(p=1)],
    "Rotate(40)": [augment.Rotate((40, 40))],
    "Shift + Zoom": [augment.Shift(0.2), augment.Zoom(0.6)],
    "Shear(0.4)": [augment.Shear((0.4, 0.4))],
    "Crop((150, 220))": [augment.Crop((150, 220))],
    "Elastic": [augment.Elastic(0.04, 0.1)],
    "Brightness + Contrast": [augment.Brightness((0.15, 0.2)), augment.Contrast((1.5, 1.6))],
    "Hue": [augment.Hue((0.3, 0.3))],
    "Noise": [augment.Noise(0.12)],
    "Blur": [augment.Blur((4, 4))],
    "Cutout": [augment.Cutout((0.3, 0.4), value=128)],
    "RandAugment(3)": [augment.RandAugment(3, 10)],
}


def main():
    """Make the figures that are named, or all."""
    known = {
        "mistakes": mistakes,
        "augmentations": augmentations,
        "gradient_norms": gradient_norms,
        "loss_surface": loss_surface,
    }
    for name in sys.argv[1:] or known:
        IMAGES.mkdir(exist_ok=True)
        plots.save(known[name](), IMAGES / f"{name}.png")


def mistakes():
    """Train the article's CNN as ``minidl train`` does, and draw its worst mistakes."""
    (x, y), (x_test, y_test) = minidl.datasets.mnist.load_data()
    x, x_test = x[..., None] / 255, x_test[..., None] / 255
    minidl.set_random_seed(0)
    model = minidl.applications.article_cnn()
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(x, y, epochs=5, batch_size=64)
    digits = [str(i) for i in range(10)]
    return plots.mistakes(x_test, y_test, model.predict(x_test), digits, most=10)


def augmentations():
    """Show a digit in several epochs, and a photograph whose boxes and key point move along."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 3.8), layout="constrained")
    rows = figure.subplots(3, 7, height_ratios=(1.4, 1, 1))
    (x, y), _ = minidl.datasets.mnist.load_data()
    six = int(np.flatnonzero(y == 6)[2])
    policy = augment.digits(seed=1, elastic=0.03)
    digit = augment.Sample(x[six])
    show(rows[0, 0], digit, "a digit")
    for epoch, axes in enumerate(rows[0, 1:]):
        show(axes, policy.sample(digit, six, epoch), f"digits(), epoch {epoch}")
    flower = augment.Sample(photograph(), BLOSSOMS, points=HEART)
    for row in rows[1:]:
        show(row[0], flower, "a photograph")
    for axes, (name, transforms) in zip(rows[1:, 1:].flat, TRANSFORMS.items(), strict=True):
        policy = augment.Compose(transforms, seed=2, fill_value=40)
        show(axes, policy.sample(flower), name)
    return figure


def gradient_norms():
    """Show gradients that vanish on their way to the input of a deep network of sigmoids."""
    x, y = digits()
    minidl.set_random_seed(0)
    hidden = [minidl.layers.Dense(64, activation="sigmoid", name=f"layer {i}") for i in range(1, 7)]
    last = minidl.layers.Dense(10, activation="softmax", name="last layer")
    model = minidl.Sequential([minidl.Input((28, 28, 1)), minidl.layers.Flatten(), *hidden, last])
    model.compile("sgd", "sparse_categorical_crossentropy")
    norms = minidl.callbacks.GradientNorms()
    model.fit(x, y, batch_size=64, epochs=2, callbacks=[norms])
    return plots.gradient_norms(norms)


def loss_surface():
    """Show the loss around the article's CNN after an epoch."""
    x, y = digits()
    minidl.set_random_seed(0)
    model = minidl.applications.article_cnn()
    model.compile("adam", "sparse_categorical_crossentropy")
    model.fit(x, y, batch_size=64)
    return plots.loss_surface(minidl.insight.loss_surface(model, x[:500], y[:500]))


def digits():
    """Return the digits to train with, (8000, 28, 28, 1) from 0 to 1, and their classes."""
    (x, y), _ = minidl.datasets.mnist.load_data()
    return x[..., None] / np.float32(255), y


def photograph():
    """Return flower.jpg, (H, W, 3) uint8."""
    from PIL import Image

    with Image.open(IMAGES / "flower.jpg") as file:
        return np.asarray(file.convert("RGB"))


def show(axes, sample, title):
    """Draw a sample: boxes, and key points that are in the image."""
    from matplotlib.patches import Rectangle

    height, width = sample.image.shape[:2]
    axes.axis("off")
    axes.set_title(title, fontsize=7)
    # Places are counted from the corner of the first pixel, not from its middle.
    axes.imshow(sample.image, cmap="gray", extent=(0, width, height, 0))
    for x0, y0, x1, y1 in [] if sample.boxes is None else sample.boxes:
        axes.add_patch(Rectangle((x0, y0), x1 - x0, y1 - y0, fill=False, color="white", lw=1.5))
    for x, y, visibility in [] if sample.points is None else sample.points:
        if visibility:
            axes.plot(x, y, "+", color="cyan", markersize=9, markeredgewidth=2)


if __name__ == "__main__":
    main()
