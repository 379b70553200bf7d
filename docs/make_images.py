"""Make the README's figure: ``python docs/make_images.py``."""

import pathlib

import minidl
from minidl import plots

IMAGES = pathlib.Path(__file__).parent / "images"


def main():
    """Train the article's CNN as ``minidl train`` does, and draw its worst mistakes."""
    (x, y), (x_test, y_test) = minidl.datasets.mnist.load_data()
    x, x_test = x[..., None] / 255, x_test[..., None] / 255
    minidl.set_random_seed(0)
    model = minidl.applications.article_cnn()
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(x, y, epochs=5, batch_size=64)
    digits = [str(i) for i in range(10)]
    figure = plots.mistakes(x_test, y_test, model.predict(x_test), digits, most=10)
    IMAGES.mkdir(exist_ok=True)
    plots.save(figure, IMAGES / "mistakes.png")


if __name__ == "__main__":
    main()
