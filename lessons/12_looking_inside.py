# %% [markdown]
# # 12 · Looking inside a network
#
# A network answers, and does not say why. But all of its numbers are there to be looked at:
# what its filters are, what each layer makes of an image, which pixels its answer hangs on, and
# where it puts images that it finds alike.

# %%
import numpy as np
from matplotlib.figure import Figure

import minidl
from minidl import insight, layers, plots

# %% [markdown]
# A network with three convolutions, trained for three epochs on the bundled digits.

# %%
(x, y), (x_test, y_test) = minidl.datasets.mnist.load_data()
x, x_test = x[..., None] / np.float32(255), x_test[..., None] / np.float32(255)
minidl.set_random_seed(0)
model = minidl.Sequential(
    [
        minidl.Input((28, 28, 1)),
        layers.Conv2D(8, 5, padding="same", activation="relu", name="first"),
        layers.MaxPooling2D(2, name="half"),
        layers.Conv2D(16, 3, padding="same", activation="relu", name="second"),
        layers.MaxPooling2D(2, name="quarter"),
        layers.Conv2D(16, 3, padding="same", activation="relu", name="third"),
        layers.Flatten(name="flat"),
        layers.Dense(32, activation="relu", name="features"),
        layers.Dense(10, activation="softmax", name="answer"),
    ]
)
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x, y, batch_size=32, epochs=3, verbose=0)
print(f"test accuracy: {model.evaluate(x_test, y_test, verbose=0)[1]:.1%}")

# %% [markdown]
# ## Filters
#
# The first layer's kernels are small pictures. Where a kernel is red, it wants ink; where it is
# blue, it wants none. They began as noise. Some have become edges or strokes of a direction, others
# say nothing to us.

# %%
kernel = model.get_layer("first").kernel.data
print("kernel:", kernel.shape, "(height, width, channels, filters)")
plots.save(plots.filters(kernel), "12_looking_inside.png")
print("figure: 12_looking_inside.png")

# %% [markdown]
# ## Activations
#
# An activation map is what a layer computes for one image: for each filter a picture of where
# it has found what it looks for. `insight.activations` returns those of all layers. It does
# nothing secret: the same numbers come from a model that ends at that layer.

# %%
digit = x_test[y_test == 4][:1]
found = insight.activations(model, digit)
first = minidl.Model(model.input, model.get_layer("first").output)
assert np.allclose(first.predict(digit, verbose=0), found["first"], atol=1e-6)
maps = {name: found[name] for name in ("first", "second", "third", "features", "answer")}
plots.save(plots.activations(maps), "12_looking_inside_2.png")
print("figure: 12_looking_inside_2.png")

# %% [markdown]
# From row to row the maps become smaller and say less about *where*, more about *what*. In the last
# row there is one number for each class.
#
# ## Saliency: which pixels change the score?
#
# Let $s_c$ be the score of class c, before the softmax. Its gradient by the pixels says how
# much it would change if a pixel changed a little:
#
# $$S = \left|\frac{\partial s_c}{\partial x}\right|$$
#
# Training takes gradients by the weights; here the weights stay, and the gradient is one by the
# image.

# %%
digits = np.concatenate([x_test[y_test == c][:1] for c in (0, 2, 3, 4, 7)])
named = np.array([0, 2, 3, 4, 7])
pixels = minidl.Tensor(digits, requires_grad=True)
scores = model(pixels, logits=True)
(slope,) = minidl.grad(scores[np.arange(5), named].sum(), pixels)
assert np.allclose(slope.data, insight.saliency(model, digits, named), atol=1e-6)

# %% [markdown]
# Such maps are noisy, since the score of a single pixel is a rough thing. **SmoothGrad** takes the
# mean over copies of the image with a little noise.

# %%
smooth = insight.smooth_grad(model, digits, named)
titles = [f"score of {c}" for c in named]
figure = plots.attention(digits, smooth, titles, "Effect on the score")
plots.save(figure, "12_looking_inside_3.png")
print("figure: 12_looking_inside_3.png")

# %% [markdown]
# ## Grad-CAM: where does something speak for the class?
#
# Grad-CAM looks at the maps $A_k$ of the last convolution. How much a map counts for class c is
# the mean of its gradient over all places, and the maps are added up with these weights. What
# speaks against the class is left out:
#
# $$\alpha_k = \frac{1}{hw} \sum_{i,j} \frac{\partial s_c}{\partial A_k(i, j)}
# \qquad
# L_c = \max\Big(0, \sum_k \alpha_k A_k\Big)$$
#
# The model is cut in two: the body makes the maps, and the head makes scores of them.

# %%
body, head = minidl.Sequential(model.layers[:5]), minidl.Sequential(model.layers[5:])
A = minidl.Tensor(body.predict(digits, verbose=0), requires_grad=True)
scores = head(A, logits=True)
(slope,) = minidl.grad(scores[np.arange(5), named].sum(), A)
alpha = slope.data.mean(axis=(1, 2), keepdims=True)
L = np.maximum(0, (alpha * A.data).sum(axis=-1))
assert np.allclose(L, insight.grad_cam(model, digits, named, "third"), atol=1e-5)

# %% [markdown]
# It shows most where the network is wrong. These are test digits that it takes for another one.
# Each is there twice: what speaks for the class that it named, and what for the true one. A place
# without ink can speak for a class, too. Each map is scaled to its own largest value, so that
# brightness says nothing about which of the two weighs more.

# %%
answers = model.predict(x_test, verbose=0).argmax(axis=1)
wrong = np.flatnonzero(answers != y_test)[:3]
twice = np.repeat(wrong, 2)
asked = np.stack([answers[wrong], y_test[wrong]], axis=1).ravel()
evidence = insight.grad_cam(model, x_test[twice], asked, "third")
titles = [f"{'true' if i % 2 else 'named'}: {c}" for i, c in enumerate(asked)]
plots.save(plots.attention(x_test[twice], evidence, titles), "12_looking_inside_4.png")
print("figure: 12_looking_inside_4.png")

# %% [markdown]
# ## Features: what does the network find alike?
#
# The layer before the last makes 32 numbers of an image. To see points of 32 coordinates, they
# are brought to the plane. **PCA** turns the points so that the first axis is the direction in
# which they differ most, and the second the one after that. **t-SNE** places them so that
# neighbours stay neighbours; distances between groups mean little there.

# %%
some, names = x_test[:500], y_test[:500]
features = insight.activations(model, some)["features"]
views = {
    "pixels, PCA": insight.pca(some.reshape(500, -1))[0],
    "features, PCA": insight.pca(features)[0],
    "features, t-SNE": insight.tsne(features)[0],
}
figure = Figure(figsize=(10, 3.6), layout="constrained")
figure.suptitle("500 test digits, a colour a class")
for axes, (title, places) in zip(figure.subplots(1, 3), views.items(), strict=True):
    dots = axes.scatter(*places.T, c=names, cmap="tab10", vmin=-0.5, vmax=9.5, s=7)
    axes.set(title=title, xticks=[], yticks=[])
figure.colorbar(dots, ax=figure.axes, ticks=range(10), label="Class")
figure.savefig("12_looking_inside_5.png", dpi=100)
print("figure: 12_looking_inside_5.png")

# %% [markdown]
# In the pixels most classes lie over each other; in the features, the same PCA shows them further
# apart, and t-SNE in groups. Nobody asked this layer for groups, but only so can the last layer,
# which is linear, tell the classes apart. A point in another class's group is a digit that the
# network finds like that class.
#
# For a model of your own: `minidl look MODEL IMAGE…`; more in `docs/looking_inside.md`.
