# %% [markdown]
# # 10 · Preprocessing and augmentation
#
# Before a network sees an image, two things may happen to it. **Preprocessing** brings every
# image to a scale that is easy to learn from: the same way in training, in testing and in use.
# **Augmentation** changes training images at random, so that there seem to be more of them.

# %%
import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

import minidl
from minidl import image
from minidl.data import augment, few_of_each

(x, y), (x_test, y_test) = minidl.datasets.mnist.load_data()
x, x_test = x[..., None], x_test[..., None]

# %% [markdown]
# ## A scale that is easy to learn from
#
# Pixels are stored as whole numbers from 0 to 255. Two scales are usual: from 0 to 1, or with
# mean 0 and standard deviation 1 (*standardizing*):
#
# $$x' = \frac{x}{255} \qquad\text{or}\qquad x' = \frac{x - \mu}{\sigma}$$
#
# The mean μ and the deviation σ are those of the **training images**, for the test images too.
# A test image stands for one that nobody has seen when the network was made, and often for a
# single one: it has no part in any statistics. So the test images come out with a mean near
# 0 and a deviation near 1, but not exactly.

# %%
scale = image.Standardization().fit(x)
assert np.allclose([scale.mean, scale.std], [x.mean((0, 1, 2)), x.std((0, 1, 2))])
for name, images in (("training", x), ("test", x_test)):
    z = scale.apply(images).astype(float)
    print(f"{name:8} mean {z.mean() + 0.0:7.4f}, deviation {z.std():.4f}")

# %% [markdown]
# What does it change? The article's network, from the same weights, with plain gradient
# descent and the same learning rate, on 2,000 digits in three scales. A gradient by
# the first weights is a sum of products with the inputs: where those go up to 255, it is large,
# and the steps go too far.

# %%
scales = {"0 to 255": np.float32, "0 to 1": image.rescale, "standardized": scale.apply}
for name, scaled in scales.items():
    minidl.set_random_seed(0)
    model = minidl.applications.article_cnn()
    model.compile("sgd", "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(scaled(x[:2000]), y[:2000], batch_size=32, epochs=2, verbose=0)
    loss, accuracy = model.evaluate(scaled(x_test), y_test, verbose=0)
    print(f"{name:12} test accuracy {accuracy:.1%}")

# %% [markdown]
# ## A move is a map of coordinates
#
# A place in an image is a pair $(x, y)$: x to the right, y downwards, in pixels from the upper
# left corner. In an image of width W and height H, with the middle
# $(c_x, c_y) = (W/2, H/2)$, things go
#
# - in a **flip**, $x' = W - x,\; y' = y$;
# - in a **shift** by $(a, b)$, $x' = x + a,\; y' = y + b$;
# - in a **rotation** by the angle φ, counter-clockwise,
#
# $$\begin{aligned}
# x' &= c_x + (x - c_x) \cos \varphi + (y - c_y) \sin \varphi \\
# y' &= c_y - (x - c_x) \sin \varphi + (y - c_y) \cos \varphi
# \end{aligned}$$
#
# Each is a matrix M with two rows and three columns: $(x', y') = M \cdot (x, y, 1)$.

# %%
H, W = 28, 28
flip = np.array([[-1, 0, W], [0, 1, 0]])
shift = np.array([[1, 0, 5], [0, 1, -3]])
cos, sin = np.cos(np.radians(30)), np.sin(np.radians(30))
turn = np.array([[cos, sin], [-sin, cos]])
middle = np.array([W / 2, H / 2])
rotation = np.column_stack([turn, middle - turn @ middle])
assert np.allclose(rotation, image.geometry.rotation(30, (H, W))[0])

# %% [markdown]
# To make the new image, one goes through *its* pixels, and asks of each where it comes from:
# $(x, y) = M^{-1}(x', y')$. So no pixel is left without a colour. Here it takes the colour of
# the nearest pixel; `minidl.image.affine` can also mix the four nearest ones.


# %%
def moved(picture, M):
    result = np.zeros_like(picture)
    for row in range(H):
        for column in range(W):
            place = np.array([column + 0.5, row + 0.5])  # the middle of the pixel
            from_x, from_y = np.linalg.solve(M[:, :2], place - M[:, 2])
            if 0 <= from_x < W and 0 <= from_y < H:
                result[row, column] = picture[int(from_y), int(from_x)]
    return result


digit = x[y == 2][0, :, :, 0]
moves = {"a digit": np.eye(2, 3), "flip": flip, "shift (5, −3)": shift, "rotation 30°": rotation}
figure = Figure(figsize=(9, 2.6), layout="constrained")
for axes, (name, M) in zip(figure.subplots(1, 4), moves.items(), strict=True):
    assert (moved(digit, M) == image.affine(digit, M, interpolation="nearest")).all()
    axes.imshow(moved(digit, M), cmap="gray_r", extent=(0, W, H, 0))
    axes.set(title=name, xlabel="x", ylabel="y")
figure.savefig("10_augmentation.png", dpi=100)
print("figure: 10_augmentation.png")

# %% [markdown]
# ## At random, and boxes move along
#
# A *policy* draws such moves at random, and changes of brightness too. It is given what is
# known about an image: here a box around the house, which has to move along. Its four corners
# are moved as the pixels are, and the upright box around them is the new one. Beyond its border
# the picture goes on as in a mirror.

# %%
rows, columns = np.mgrid[0:120, 0:160]
blend = (rows / 120)[..., None]
scene = (1 - blend) * [90, 150, 230] + blend * [210, 230, 250]  # the sky
scene[(rows - 25) ** 2 + (columns - 128) ** 2 < 15**2] = [255, 225, 90]
scene[rows > 85 + 5 * np.sin(columns / 14)] = [90, 150, 70]
scene[(rows >= 55) & (rows < 95) & (abs(columns - 50) < 26)] = [200, 120, 90]
scene[(rows >= 30) & (rows < 55) & (abs(columns - 50) < (rows - 29) * 1.3)] = [140, 50, 50]
scene[(rows >= 70) & (rows < 95) & (abs(columns - 56) < 7)] = [90, 60, 40]
sample = augment.Sample(scene.astype(np.uint8), boxes=[[18, 30, 82, 95]], labels=["house"])
policy = augment.photos(seed=4, rotation=15, shift=0.15)
digit_policy = augment.digits(seed=1)

figure = Figure(figsize=(9, 3.4), layout="constrained")
figure.suptitle("The same two images in four epochs")
for number, (above, below) in enumerate(figure.subplots(2, 5).T):
    epoch = number - 1
    house = sample if number == 0 else policy.sample(sample, epoch=epoch)
    above.imshow(house.image, extent=(0, 160, 120, 0))
    for x0, y0, x1, y1 in house.boxes:
        above.add_patch(Rectangle((x0, y0), x1 - x0, y1 - y0, fill=False, color="black", lw=1.5))
    above.set_title("as it is" if number == 0 else f"epoch {epoch}", fontsize=10)
    below.imshow(digit if number == 0 else digit_policy(digit, [0], epoch), cmap="gray_r")
    above.axis("off")
    below.axis("off")
figure.savefig("10_augmentation_2.png", dpi=100)
print("figure: 10_augmentation_2.png")

# %% [markdown]
# A change must not change the **label**. A house may be mirrored; a 6 turned by 180° is a 9.
# `augment.digits` therefore never flips, and refuses large angles.
#
# ## What it is good for
#
# With few labels, a network soon knows its training images by heart. Augmented, they are
# new in each epoch. The article's network learns from 4, 8 and 16 digits of each class, as
# they are and augmented, 40 epochs each, with two seeds.

# %%
x, x_test = image.rescale(x), image.rescale(x_test)
found = {"as they are": {}, "augmented": {}}
for name, by_labels in found.items():
    for labels in (4, 8, 16):
        for seed in (0, 1):
            few = few_of_each(y, labels, np.random.default_rng(seed))
            batches = augment.AugmentedBatches(x[few], y[few], augment.digits(seed), 32)
            given = [batches] if name == "augmented" else [x[few], y[few], 32]
            minidl.set_random_seed(seed)
            model = minidl.applications.article_cnn()
            model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
            model.fit(*given, epochs=40, verbose=0)
            accuracy = model.evaluate(x_test, y_test, verbose=0)[1]
            by_labels.setdefault(labels, []).append(accuracy)
        print(f"{name:11} {labels:2} labels a class: {np.mean(by_labels[labels]):.1%}")
minidl.plots.save(minidl.plots.few_labels(found), "10_augmentation_3.png")
print("figure: 10_augmentation_3.png")

# %% [markdown]
# The line of the augmented digits lies above the other, for no more labels. With four digits a
# class the gain is small; with sixteen, which differ more, it is clear. Augmentation needs many
# epochs: what is new in each of them takes longer to learn.
#
# More in `docs/augmentation.md`; on the command line, `minidl train --augment digits`.
