# %% [markdown]
# # 13 · A GAN: two networks that learn from each other
#
# A **generator** G makes images out of random numbers z. A **discriminator** D gives an image a
# score: high, if it takes it for real. D learns to tell real images from made ones; G learns to
# make images that D takes for real. Nobody tells G what an image should look like. All it gets is
# the gradient that comes back through D.

# %%
import numpy as np
from matplotlib.figure import Figure

import minidl
from minidl import layers, ops
from minidl.applications import gan

# %% [markdown]
# ## The game
#
# With the score $s = D(x)$, the discriminator takes x for real with the probability
# $\sigma(s) = 1 / (1 + e^{-s})$. Its loss is the cross-entropy of that answer. E is the mean over a
# batch:
#
# $$L_D = -\mathrm{E} \log \sigma(D(x)) - \mathrm{E} \log\big(1 - \sigma(D(G(z)))\big)$$
#
# The generator wants the opposite of the second part. So it could make
# $\mathrm{E} \log(1 - \sigma(D(G(z))))$ small, which is the original *minimax* game. The other
# way, called *non-saturating*, is
#
# $$L_G = -\mathrm{E} \log \sigma(D(G(z)))$$
#
# Both want a high score. They differ in their slope, and so in how fast G learns. At the
# beginning D sees through everything, and s is far below 0. There the first is flat, and the second
# is steep. Logarithms of σ are written with softplus, $\log(1 + e^s)$, which loses no digits:

# %%
s = minidl.Tensor([-8.0, -4.0, 0.0, 4.0], requires_grad=True)
minimax = -ops.softplus(s)  # log(1 − σ(s))
non_saturating = ops.softplus(-s)  # −log σ(s)
for name, loss in (("minimax", minimax), ("non-saturating", non_saturating)):
    (slope,) = minidl.grad(loss.sum(), s)
    print(f"slope at s = −8, −4, 0, 4, {name:14}: {slope.data.round(3) + 0.0}")

# %% [markdown]
# ## One step: who learns, who is frozen
#
# The two take turns, and in each turn only one of them may change.
#
# - **The discriminator's turn.** The made images are *detached*: a Tensor that has forgotten how it
#   was computed. The gradient ends there, and G stays as it is.
# - **The generator's turn.** D is *frozen*. The gradient has to go through D to reach G,
#   but D's weights ask for none.


# %%
def optimizer_of(network, rate):
    optimizer = minidl.optimizers.Adam(rate, beta_1=0.5)
    optimizer.build(network.trainable_weights)
    return optimizer


def step(G, D, optimizer_G, optimizer_D, real, z):
    made = G(z, training=True)
    loss_D = ops.mean(ops.softplus(-D(real))) + ops.mean(ops.softplus(D(made.detach())))
    loss_D.backward()
    assert all(weight.grad is None for weight in G.weights)
    optimizer_D.step()
    optimizer_D.zero_grad()

    D.trainable = False
    loss_G = ops.mean(ops.softplus(-D(made)))
    loss_G.backward()
    assert all(weight.grad is None for weight in D.weights)
    optimizer_G.step()
    optimizer_G.zero_grad()
    D.trainable = True
    return loss_D.item(), loss_G.item()


# %% [markdown]
# ## First a ring of points
#
# Two coordinates are enough to see what happens. The real points lie on a ring. G makes two
# numbers of two random numbers, D one score of two numbers.

# %%
rng = np.random.default_rng(0)


def ring(count):
    angle, radius = rng.uniform(0, 2 * np.pi, count), rng.normal(1, 0.05, count)
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1).astype(np.float32)


def noise(count, numbers):
    return rng.standard_normal((count, numbers), np.float32)


def dense(outputs):
    hidden = [layers.Dense(32), layers.LeakyReLU(0.2), layers.Dense(32), layers.LeakyReLU(0.2)]
    return minidl.Sequential([minidl.Input((2,)), *hidden, layers.Dense(outputs)])


minidl.set_random_seed(0)
G, D = dense(2), dense(1)
players = G, D, optimizer_of(G, 0.002), optimizer_of(D, 0.002)
z, seen = noise(300, 2), {}
for number in range(1001):
    if number in (0, 100, 300, 1000):
        seen[number] = G.predict(z, verbose=0)
    losses = step(*players, ring(128), noise(128, 2))
print(f"discriminator {losses[0]:.2f}, generator {losses[1]:.2f}")
print(f"2 log 2 = {2 * np.log(2):.2f}, log 2 = {np.log(2):.2f}")

# %% [markdown]
# Where made points cannot be told from real ones, D does best to say "one half" to all: s = 0. The
# losses are then 2 log 2 and log 2. The losses above come near to that, and the figure shows why.

# %%
figure = Figure(figsize=(10, 3), layout="constrained")
figure.suptitle("Points that the generator makes (red) of the same noise; real ones (grey)")
for axes, (number, points) in zip(figure.subplots(1, 4), seen.items(), strict=True):
    axes.scatter(*ring(300).T, s=4, color="0.7")
    axes.scatter(*points.T, s=4, color="tab:red")
    axes.set(title=f"after {number} steps", xlim=(-2, 2), ylim=(-2, 2), aspect="equal")
figure.savefig("13_gan.png", dpi=100)
print("figure: 13_gan.png")

# %% [markdown]
# ## Then digits
#
# The same step, with the convolutional networks of `minidl.applications.gan`, made small, and only
# one class: the threes. G makes 28 × 28 pixels of 32 random numbers. The pixels lie between −1 and
# 1, since G ends with tanh.

# %%
(x, y), _ = minidl.datasets.mnist.load_data()
threes = x[y == 3][..., None] / np.float32(127.5) - 1
minidl.set_random_seed(0)
G = gan.generator("dcgan", latent_dim=32, width=16)
D = gan.discriminator("dcgan", width=16)
players = G, D, optimizer_of(G, 0.001), optimizer_of(D, 0.001)
z, rows = noise(12, 32), {}
for number in range(601):
    if number in (0, 50, 100, 200, 600):
        rows[f"{number} steps"] = gan.generate(G, z)  # pixels from 0 to 1
    real = threes[rng.integers(0, len(threes), 64)]
    losses = step(*players, real, noise(64, 32))
print(f"discriminator {losses[0]:.2f}, generator {losses[1]:.2f}")

# %%
picture = minidl.plots.grid(np.clip(np.concatenate(list(rows.values())), 0, 1), columns=12)
figure = Figure(figsize=(9, 4.2), layout="constrained")
axes = figure.subplots()
axes.imshow(picture, cmap="gray")
axes.set(title="Made of the same random numbers (columns), as training goes on (rows)", xticks=[])
axes.set_yticks(29 * np.arange(len(rows)) + 14, list(rows))
figure.savefig("13_gan_2.png", dpi=100)
print("figure: 13_gan_2.png")

# %% [markdown]
# Grey becomes blots, and blots become strokes. In the last row some images would pass for a
# person's threes, and some are broken or no digits at all: 600 steps are few. The losses say
# little about that. They tell how the two players stand against each other, not how good
# the images are.
#
# What else goes wrong with GANs: the generator may make the same few images of all noise (**mode
# collapse**), or the two go in circles. `minidl gan` trains larger networks, longer and on all ten
# classes, and has a third network judge what came of it: `docs/gan.md`.
