"""``minidl look``: pictures of what a trained model makes of images."""

import numpy as np

from minidl import data, insight, plots
from minidl.cli import options, predict, results, terminal
from minidl.cli.images import scaled
from minidl.kernels.jit import on_compile
from minidl.runtime import files


def look(
    model: options.ModelFile,
    images: options.ImageFiles,
    out: options.Out = None,
    overwrite: options.Overwrite = False,
):
    """Show what a model computes, and which pixels its answers hang on.

    Writes graph.svg, activations.png (of the first image), saliency.png (SmoothGrad) and, if the
    model has a convolution, grad_cam.png; the first 8 images are shown.
    """
    network, class_names = predict.load(model)
    height, width, channels = network.input_shape[1:]
    x = [data.read_image(path, (height, width), grey=channels == 1) for path in images]
    x = scaled(np.stack(x[:8]))
    folder = options.output_folder(out)
    with results.folder(folder, overwrite), on_compile(terminal.compiling):
        for path in _draw(network, class_names, x, folder):
            terminal.say(path)


def _draw(network, class_names, x, folder):
    """Write the pictures, and yield their paths."""
    p = network.predict_on_batch(x)
    titles = [class_names[k] for k in p.argmax(axis=1)]
    files.write_text(folder / "graph.svg", plots.graph_svg(insight.graph(network)))
    yield folder / "graph.svg"
    figures = {
        "activations.png": plots.activations(insight.activations(network, x[:1])),
        "saliency.png": plots.attention(
            x,
            insight.smooth_grad(network, x),
            titles,
            "Slope of the score",
            "SmoothGrad: pixels that change the score",
        ),
    }
    if any("Conv2D" in type(layer).__name__ for layer in network.all_layers()):
        figures["grad_cam.png"] = plots.attention(
            x, insight.grad_cam(network, x), titles, title="Grad-CAM: features that speak for it"
        )
    for name, figure in figures.items():
        plots.save(figure, folder / name)
        yield folder / name
