# %% [markdown]
# # 11 · Fine-tuning
#
# Somebody gives you handwritten digits from another scanner, and ten labels for each class. That
# is little to learn from. But there is a network that has seen thousands of *other* digits. What
# it knows about strokes may serve here too.

# %%
import numpy as np
from matplotlib.figure import Figure

import minidl
from minidl import finetuning
from minidl.applications import article_cnn
from minidl.data import few_of_each

# %% [markdown]
# ## Two sets of digits
#
# The old ones are MNIST's. The new ones are of other writers, and were stored in 8 × 8 pixels;
# they are enlarged to fit the network's input. Same classes, other images: a network that knows
# only the old ones will make mistakes.

# %%
digits8x8 = minidl.datasets.digits8x8
(x_old, y_old), _ = minidl.datasets.mnist.load_data()
(x, y), (x_test, y_test) = digits8x8.load_data()
x, x_test = digits8x8.framed(x), digits8x8.framed(x_test)
x_old, x, x_test = (each[..., None] / np.float32(255) for each in (x_old, x, x_test))

figure = Figure(figsize=(9, 2.5), layout="constrained")
figure.suptitle("Digits of MNIST (above) and of the new set (below)")
for digit, (above, below) in enumerate(figure.subplots(2, 10).T):
    above.imshow(x_old[y_old == digit][0], cmap="gray_r")
    below.imshow(x[y == digit][0], cmap="gray_r")
    above.axis("off")
    below.axis("off")
figure.savefig("11_finetuning.png", dpi=100)
print("figure: 11_finetuning.png")

# %% [markdown]
# ## The network that knows something
#
# The article's network, five epochs on MNIST. Its last layer is the **head**, which decides; all
# before it makes the **features** that the head decides by:
#
# $$p(y \mid x) = \mathrm{softmax}\big(W\, \varphi_\theta(x) + b\big)$$
#
# with the features φ, their weights θ, and the head's W and b.

# %%
minidl.set_random_seed(0)
pretrained = article_cnn()
pretrained.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
pretrained.fit(x_old, y_old, batch_size=64, epochs=5, verbose=0)
print(f"on the new digits, as it is: {pretrained.evaluate(x_test, y_test, verbose=0)[1]:.1%}")

# %% [markdown]
# ## What may learn
#
# From here, there are three ways to use a few labels:
#
# - **from scratch**: forget the old digits, and begin with random weights;
# - **frozen features**: keep θ as it is, and train only W and b;
# - **fine-tuned**: begin with the old weights, and train all of them.
#
# `layer.trainable = False` freezes a layer: its weights get no gradient and are not changed.
# `finetuning.freeze(model, 2)` says it of the first two layers that have weights.

# %%
finetuning.freeze(pretrained, 2)
for layer in finetuning.layers_with_weights(pretrained):
    name, count = type(layer).__name__, layer.count_params()
    print(f"{name:7}{count:8,} weights, trainable: {layer.trainable}")
finetuning.freeze(pretrained, 0)

# %% [markdown]
# The three ways, each 40 epochs of Adam on ten labels a class, and with three different
# draws of labels.


# %%
def accuracy_of(way, seed):
    few = few_of_each(y, 10, np.random.default_rng(seed))
    minidl.set_random_seed(seed)
    model = article_cnn()
    if way != "from scratch":
        model.set_weights(pretrained.get_weights())
    if way == "frozen features":
        finetuning.freeze(model, 2)
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    if way != "as it is":
        model.fit(x[few], y[few], batch_size=32, epochs=40, verbose=0)
    return model.evaluate(x_test, y_test, verbose=0)[1]


ways = ["as it is", "from scratch", "frozen features", "fine-tuned"]
found = {way: [100 * accuracy_of(way, seed) for seed in range(3)] for way in ways}
for way, each in found.items():
    print(f"{way:16}", *(f"{accuracy:5.1f} %" for accuracy in each))

# %%
figure = Figure(figsize=(7, 4), layout="constrained")
axes = figure.subplots()
means, deviations = ([f(found[way]) for way in ways] for f in (np.mean, np.std))
colours = ["0.6", "0.4", "tab:blue", "tab:red"]
bars = axes.bar(ways, means, yerr=deviations, capsize=6, color=colours)
axes.bar_label(bars, fmt="%.1f", label_type="center", color="white")
axes.set_title("Ten labels a class: mean and deviation of three draws")
axes.set(ylabel="Test accuracy, %", ylim=(0, 100))
figure.savefig("11_finetuning_2.png", dpi=100)
print("figure: 11_finetuning_2.png")

# %% [markdown]
# Any learning does better than the old network as it is. With frozen features,
# only the 1,290 weights of the head learn, and come near to a whole network from scratch: that is
# what the old features are worth. But they cannot adapt to the new images. The best is to begin
# with them and to let all weights move.
#
# Both sets have the same ten classes, so the old head could stay. For other classes,
# `finetuning.replace_head` makes a new one.
#
# ## Not all layers at one rate
#
# Layers near the input see edges and strokes, which all digits have; those near the output are
# about the task. So the first ones may learn more slowly. With the rate η of the last layer, the
# one that is k layers before it learns at
#
# $$\eta_k = \frac{\eta}{2.6^k}$$

# %%
model = article_cnn()
model.set_weights(pretrained.get_weights())
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
multipliers = finetuning.discriminative_learning_rates(model, model.optimizer, factor=2.6)
for k, multiplier in enumerate(reversed(multipliers.values())):
    print(f"k = {k}: {multiplier:.3f} of the rate")
    assert np.isclose(multiplier, 1 / 2.6**k)

few = few_of_each(y, 10, np.random.default_rng(0))
model.fit(x[few], y[few], batch_size=32, epochs=40, verbose=0)
print(f"rates that differ: {model.evaluate(x_test, y_test, verbose=0)[1]:.1%} (first draw)")

# %% [markdown]
# On a network of three layers this changes little. It matters for deep ones.
#
# ## Frozen batch normalization
#
# `BatchNormalization` has two kinds of weights. Scale and shift are learned by gradients; the
# **moving mean and variance** are not: they follow the batches that come through in training,
# gradient or no gradient. A layer that only lost its gradients would still drift away from what
# the layers after it were trained on.
#
# So a frozen batch normalization also keeps its statistics, and uses them while training.

# %%
batch = np.random.default_rng(0).normal(5, 2, (64, 3)).astype(np.float32)
for trainable in (True, False):
    layer = minidl.layers.BatchNormalization()
    layer(batch)  # makes the weights: moving mean 0, moving variance 1
    layer.trainable = trainable
    output = layer(batch, training=True)
    print(
        f"trainable: {trainable!s:5}  moving mean {layer.moving_mean.data.mean():.3f}, "
        f"mean of the output {abs(output.data.mean()):.2f}"
    )

# %% [markdown]
# Trainable, the layer takes the batch's own mean away, and its moving mean moves. Frozen, it takes
# away the mean that it has kept, 0 here, and nothing moves.
#
# On the command line: `minidl finetune MODEL DATA --labels-per-class 10`. Better recipes, with
# augmentation, are measured in `docs/finetuning.md`.
