# %% [markdown]
# # 14 · Gradients of gradients: WGAN-GP
#
# A gradient is a function of the inputs like any other. So it has a gradient, too. There are
# networks that need it: their loss contains a slope, and to make that loss small one has to
# differentiate a slope.

# %%
import numpy as np
from matplotlib.figure import Figure

import minidl
from minidl import layers, ops
from minidl.applications import gan

# %% [markdown]
# ## By hand
#
# Of $f(x) = x^3$, the derivative is $3x^2$, and that of the derivative is $6x$. With
# `create_graph=True` the first gradient remembers how it was computed, as every Tensor does. So
# it can be differentiated again.

# %%
x = minidl.Tensor(2.0, requires_grad=True)
(slope,) = minidl.grad(x**3, x, create_graph=True)
(curvature,) = minidl.grad(slope, x)
print(f"3x² = {3 * 2**2}: {slope.item()}, and 6x = {6 * 2}: {curvature.item()}")

# %% [markdown]
# Now a loss that contains a slope. The function $g(x) = w x^2$ shall have slope 1 at x = 2. How
# does w have to change? By hand, with $g'(x) = 2wx$:
#
# $$P(w) = (2wx - 1)^2 \qquad \frac{dP}{dw} = 2 (2wx - 1) \cdot 2x$$

# %%
w = minidl.Tensor(1.0, requires_grad=True)
(slope,) = minidl.grad(w * x**2, x, create_graph=True)  # by the input
P = (slope - 1) ** 2
(by_weight,) = minidl.grad(P, w)  # and then by the weight
print(f"by hand {2 * (2 * 1 * 2 - 1) * 2 * 2}, minidl {by_weight.item()}")

# %% [markdown]
# ## A critic that measures a distance
#
# In a GAN (lesson 13), the discriminator's loss does not say how far the made images are from the
# real ones. A *critic* f does. It gives each point a number, and the distance between real and made
# points is the largest difference of means that a critic can find, as long as its slope is
# nowhere above 1:
#
# $$W = \max_{\|\nabla f\| \le 1}
# \Big( \mathrm{E}\, f(\text{real}) - \mathrm{E}\, f(\text{made}) \Big)$$
#
# It is called the **Wasserstein distance**: how far the points of one cloud have to be carried, on
# average, to become the other. Without the limit on the slope, the critic would make the difference
# as large as it likes, by multiplying itself by a large number.
#
# **WGAN-GP** keeps the limit by a penalty. On lines between real and made points, the slope shall
# have length 1:
#
# $$L = \mathrm{E}\, f(\text{made}) - \mathrm{E}\, f(\text{real})
# + \lambda\, \mathrm{E} \big( \|\nabla f(\hat{x})\| - 1 \big)^2
# \qquad \hat{x} = \varepsilon \cdot \text{real} + (1 - \varepsilon) \cdot \text{made}$$
#
# with ε at random from 0 to 1, one for each pair, and λ = 10.

# %%
LAMBDA = 10


def slope_lengths(f, points):
    points = minidl.Tensor(points, requires_grad=True)
    (slope,) = minidl.grad(f(points).sum(), points, create_graph=True)
    return ops.sqrt(ops.sum(slope**2, axis=1) + 1e-12)  # √ has no slope at 0


def penalty(f, real, made, epsilon):
    between = epsilon[:, None] * real + (1 - epsilon[:, None]) * made
    return ops.mean((slope_lengths(f, between) - 1) ** 2)


# %% [markdown]
# The sum over a batch is differentiated, and each point gets its own slope from that, because the
# score of a point depends on no other point. For this reason a critic has no batch normalization.
#
# ## With the penalty and without
#
# Two clouds of points, the one three to the right of the other. To carry one to the other, every
# point goes three to the right: the distance is 3.

# %%
rng = np.random.default_rng(0)


def cloud(count, middle):
    return rng.normal([middle, 0], 0.4, (count, 2)).astype(np.float32)


def dense(outputs):
    hidden = [layers.Dense(32), layers.LeakyReLU(0.2), layers.Dense(32), layers.LeakyReLU(0.2)]
    return minidl.Sequential([minidl.Input((2,)), *hidden, layers.Dense(outputs)])


def optimizer_of(network, rate):
    optimizer = minidl.optimizers.Adam(rate, beta_1=0.0, beta_2=0.9)
    optimizer.build(network.trainable_weights)
    return optimizer


def turn(f, optimizer, real, made, weight):
    difference = ops.mean(f(real)) - ops.mean(f(made))
    loss = -difference
    if weight:
        epsilon = rng.random(len(real), np.float32)
        loss = loss + weight * penalty(f, real, made, epsilon)
    loss.backward()
    optimizer.step()
    optimizer.zero_grad()
    return difference.item()


critics, lengths = {}, {}
for name, weight in (("without penalty", 0), ("with penalty", LAMBDA)):
    minidl.set_random_seed(0)
    f = critics[name] = dense(1)
    optimizer, lengths[name] = optimizer_of(f, 0.002), []
    for _ in range(400):
        real, made = cloud(128, 1.5), cloud(128, -1.5)
        difference = turn(f, optimizer, real, made, weight)
        lengths[name].append(slope_lengths(f, (real + made) / 2).data.mean())
    print(f"{name:15}: difference {difference:9.2f}, slope {lengths[name][-1]:8.2f}")

real, made, epsilon = cloud(9, 1.5), cloud(9, -1.5), rng.random(9, np.float32)
ours, theirs = penalty(f, real, made, epsilon), gan.gradient_penalty(f, real, made, epsilon)
assert np.isclose(ours.item(), theirs.item(), rtol=1e-4)

# %% [markdown]
# With the penalty, the slope comes to rest a little above 1, and the difference a little above 3.
# It must: a critic of slope g gains 3g from the difference and pays $\lambda (g - 1)^2$, and
# $3g - 10 (g - 1)^2$ is largest at $g = 1 + 3/20$. A penalty pulls; it is no wall.

# %%
figure = Figure(figsize=(10, 3.2), layout="constrained")
left, middle, right = figure.subplots(1, 3)
for name, each in lengths.items():
    left.plot(each, label=name)
left.set(title="Slope between the clouds", xlabel="step", ylabel="mean length", yscale="log")
left.axhline(1, color="0.6", linestyle="--")
left.legend()
side = np.linspace(-3, 3, 61, dtype=np.float32)
places = np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)
for axes, (name, f) in zip((middle, right), critics.items(), strict=True):
    scores = f.predict(places, verbose=0).reshape(61, 61)
    shown = axes.contourf(side, side, scores - scores.mean(), 12, cmap="RdBu_r")
    figure.colorbar(shown, ax=axes, label="score, less its mean")
    axes.scatter(*cloud(100, 1.5).T, s=3, color="black")
    axes.scatter(*cloud(100, -1.5).T, s=3, color="tab:green")
    axes.set(title=f"Critic {name}", aspect="equal")
figure.savefig("14_wgan_gp.png", dpi=100)
print("figure: 14_wgan_gp.png")

# %% [markdown]
# Black points are real, green ones made. The critic with the penalty is a slope that leads from
# the one cloud to the other, about 1 up for each 1 to the right. Whoever makes points can walk up.
#
# ## A generator that walks up
#
# The generator's loss is $-\mathrm{E}\, f(G(z))$: it walks up the critic's slope. The critic has
# twenty turns before the first step of the generator, and five for each one after, so that
# its measure is up to date. It learns faster, too. The real points lie on a ring. Here λ = 1: the
# distances are small, and a stiff penalty would make the critic follow too slowly.

# %%
minidl.set_random_seed(1)
G, f = dense(2), dense(1)
walker, follower = optimizer_of(G, 0.002), optimizer_of(f, 0.01)
z, seen, distances = rng.standard_normal((300, 2), np.float32), {}, []


def ring(count):
    angle = rng.uniform(0, 2 * np.pi, (count, 1))
    return np.concatenate([np.cos(angle), np.sin(angle)], axis=1).astype(np.float32)


def points_of(generator):
    return generator(rng.standard_normal((64, 2), np.float32))


for number in range(401):
    if number in (0, 100, 400):
        seen[number] = G.predict(z, verbose=0)
    for _ in range(5 if number else 20):
        distance = turn(f, follower, ring(64), points_of(G).data, 1)
    distances.append(distance)
    f.trainable = False
    (-ops.mean(f(points_of(G)))).backward()
    walker.step()
    walker.zero_grad()
    f.trainable = True
for first, last in ((80, 100), (380, 400)):
    print(f"distance, mean of steps {first} to {last}: {np.mean(distances[first:last]):.2f}")

# %%
figure = Figure(figsize=(11, 3), layout="constrained")
curve, *others = figure.subplots(1, 4)
curve.plot(distances)
curve.axhline(0, color="0.6", linestyle="--")
curve.set(title="What the critic measures", xlabel="generator's steps", ylabel="distance")
for axes, (number, points) in zip(others, seen.items(), strict=True):
    axes.scatter(*ring(300).T, s=4, color="0.7")
    axes.scatter(*points.T, s=4, color="tab:red")
    axes.set(title=f"after {number} steps", xlim=(-2, 2), ylim=(-2, 2), aspect="equal")
figure.savefig("14_wgan_gp_2.png", dpi=100)
print("figure: 14_wgan_gp_2.png")

# %% [markdown]
# In the first steps the critic has not caught up, and its number jumps: it can even fall below
# 0, which no distance does. From then on it falls as the red points come onto the ring. That is
# what a discriminator's loss does not offer: a number that says how far there still is to go.
# The price is five turns of the critic a step, each with a gradient of a gradient.
#
# With images: `minidl gan --loss wasserstein`.
