# %% [markdown]
# # 6 · Losses and optimizers, as paths on a surface
#
# The *loss* says how wrong a network is: one number, a function of all its weights. Training looks
# for weights where it is small. With two weights, the loss is a surface over a plane, and training
# is a path on it.

# %%
import numpy as np
from matplotlib.figure import Figure

import minidl
from minidl import ops, optimizers

# %% [markdown]
# Two losses first. For numbers, the *mean squared error* is usual; for classes, the
# *cross-entropy*: minus the logarithm of the probability that the network gave to the true class.
#
# $$\text{MSE} = \frac{1}{N}\sum_i (y_i - \hat{y}_i)^2 \qquad
#   \text{cross-entropy} = -\frac{1}{N}\sum_i \ln p_{i, y_i}$$

# %%
true, guessed = np.array([1.0, 2.0, 4.0]), np.array([1.5, 2.0, 3.0])
by_hand = ((true - guessed) ** 2).mean()
ours = minidl.losses.MeanSquaredError()(true, guessed).item()
print(f"mean squared error: by hand {by_hand:.4f}, minidl {ours:.4f}")
classes, p = np.array([0, 2]), np.array([[0.7, 0.2, 0.1], [0.5, 0.4, 0.1]])
by_hand = -np.log(p[[0, 1], classes]).mean()
ours = minidl.losses.SparseCategoricalCrossentropy()(classes, p).item()
print(f"cross-entropy:      by hand {by_hand:.4f}, minidl {ours:.4f}")

# %% [markdown]
# A long valley is the surface to practise on: steep across, flat along, with the lowest place at
# (0, 0).
#
# $$L(u, v) = \frac{u^2}{2} + 10 \cdot v^2$$
#
# Each step goes downhill, against the gradient g, by the learning rate α:
#
# $$w \leftarrow w - \alpha \cdot g$$

# %%
START = [-9.0, 2.0]


def valley(w):
    return w[0] ** 2 / 2 + 10 * w[1] ** 2


def path(loss, optimizer, start, steps):
    """Return the places (steps + 1, 2) that an optimizer visits."""
    w = minidl.Tensor(np.array(start), requires_grad=True)
    optimizer.build([w])
    places = [w.data.copy()]
    for _ in range(steps):
        loss(w).backward()
        optimizer.step()
        optimizer.zero_grad()
        places.append(w.data.copy())
    return np.array(places)


w = np.array(START)
for _ in range(30):
    w = w - 0.04 * np.array([w[0], 20 * w[1]])
by_minidl = path(valley, optimizers.SGD(0.04), START, 30)
print("after 30 steps, by hand:", w.round(4), " minidl's SGD:", by_minidl[-1].round(4))

# %% [markdown]
# SGD, *stochastic gradient descent*, is quick across the valley and slow along it. *Momentum* adds
# to each step a part μ of the last one, like a ball that rolls: it gathers speed where the slope
# stays the same. *Adam* divides each coordinate's step by the size of its recent gradients, so
# that flat directions get large steps, too.
#
# $$\text{momentum:} \quad v \leftarrow \mu v - \alpha g, \quad w \leftarrow w + v$$
#
# $$\text{Adam:} \quad m \leftarrow \beta_1 m + (1-\beta_1) g, \quad
#   s \leftarrow \beta_2 s + (1-\beta_2) g^2, \quad
#   w \leftarrow w - \alpha \frac{\hat{m}}{\sqrt{\hat{s}} + \varepsilon}$$
#
# The hats stand for a correction of the first steps, when m and s have hardly left 0.

# %%
runs = {
    "SGD, α = 0.04": optimizers.SGD(0.04),
    "SGD, α = 0.04, momentum 0.8": optimizers.SGD(0.04, momentum=0.8),
    "Adam, α = 0.5": optimizers.Adam(0.5),
}
paths = {name: path(valley, optimizer, START, 30) for name, optimizer in runs.items()}
for name, places in paths.items():
    print(f"{name:28} loss after 30 steps: {valley(places[-1]):.5f}")

# %% [markdown]
# Across the valley, SGD multiplies v by 1 − 20α in each step. With α above 0.1 this factor is below
# −1: every step goes too far, and lands higher on the other side. The loss grows without end. A
# learning rate that is too large does this to a network, too.

# %%
for rate in (0.04, 0.09, 0.099, 0.101, 0.11):
    end = path(valley, optimizers.SGD(rate), START, 30)[-1]
    print(f"α = {rate:5}: factor {1 - 20 * rate:+.2f}, loss after 30 steps {valley(end):.4g}")
paths["SGD, α = 0.101: too large"] = path(valley, optimizers.SGD(0.101), START, 30)

# %%
u, v = np.meshgrid(np.linspace(-10, 4, 200), np.linspace(-3, 3, 200))
figure = Figure(figsize=(9, 5.4), layout="constrained")
figure.suptitle("Four paths of 30 steps down the same valley (lines of equal loss)")
for axes, (name, places) in zip(figure.subplots(2, 2).flat, paths.items(), strict=True):
    axes.contour(
        u, v, valley((u, v)), levels=2.0 ** np.arange(-2, 7), cmap="viridis_r", linewidths=0.8
    )
    axes.plot(*places.T, "o-", markersize=3, linewidth=1)
    axes.plot(0, 0, "r*", markersize=9)
    axes.set(title=name, xlabel="u", ylabel="v", xlim=(-10, 4), ylim=(-3, 3))
figure.savefig("06_optimizers.png", dpi=100)
print("figure: 06_optimizers.png")

# %% [markdown]
# Now the loss of a real, if tiny, model: is a digit a 0 or a 1? It looks at two numbers only, the
# mean brightness of the middle of the image and of the whole, and has two weights and no bias.
# *Sigmoid* makes a probability of their sum.
#
# $$p = \frac{1}{1 + e^{-(w_1 x_1 + w_2 x_2)}}$$

# %%
(images, labels), _ = minidl.datasets.mnist.load_data()
images, labels = images[labels <= 1] / 255, labels[labels <= 1].astype(float)
x = np.stack([images[:, 10:18, 12:16].mean((1, 2)), images.mean((1, 2))], axis=1)
x = (x - x.mean(axis=0)) / x.std(axis=0)


def loss_of_batch(w, x, y):
    z = x @ w
    return ops.mean(ops.softplus(z) - y * z)  # cross-entropy of sigmoid(z), from logits


print(f"{len(x):,} digits, {labels.mean():.0%} of them are 1")
start = [-3.0, 3.0]
rng = np.random.default_rng(0)
whole = path(lambda w: loss_of_batch(w, x, labels), optimizers.SGD(1.0), start, 60)


def of_eight(w):
    some = rng.choice(len(x), 8)
    return loss_of_batch(w, x[some], labels[some])


batches = path(of_eight, optimizers.SGD(1.0), start, 60)
right = ((x @ whole[-1] > 0) == labels).mean()
print(f"after 60 steps with all digits: weights {whole[-1].round(2)}, {right:.1%} right")

# %% [markdown]
# The gradient of all digits says exactly where downhill is. The gradient of a batch of 8 is an
# estimate of it: the path trembles, yet leads down the same slope, and each step costs a fraction.
# This is what *stochastic* means, and why networks are trained in batches.

# %%
a, b = np.meshgrid(np.linspace(-4, 5, 60), np.linspace(-5, 4, 60))
z = x @ np.stack([a.ravel(), b.ravel()])
surface = (np.logaddexp(0, z) - labels[:, None] * z).mean(axis=0).reshape(a.shape)
figure = Figure(figsize=(9, 4.4), layout="constrained")
left, right = figure.subplots(1, 2)
filled = left.contourf(a, b, surface, levels=20, cmap="Greys")
figure.colorbar(filled, ax=left, label="loss")
left.plot(*whole.T, ".-", label="all digits")
left.plot(*batches.T, ".-", linewidth=0.8, label="8 digits a step")
left.set(
    title="The loss over two weights", xlabel="weight of the middle", ylabel="weight of the whole"
)
left.legend()
for places, name in ((whole, "all digits"), (batches, "8 digits a step")):
    z = x @ places.T
    losses = (np.logaddexp(0, z) - labels[:, None] * z).mean(axis=0)
    right.semilogy(losses, label=name)
right.set(title="Loss of all digits, step by step", xlabel="step", ylabel="loss")
right.legend()
figure.savefig("06_optimizers_2.png", dpi=100)
print("figure: 06_optimizers_2.png")

# %% [markdown]
# The surface of a network with 693,962 weights cannot be drawn, but the steps are the same ones.
# Adam with α = 0.001 is a good first choice. If the loss grows or becomes NaN, α is too large; if
# it hardly falls, α is too small, or the model cannot do better.
