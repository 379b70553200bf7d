# %% [markdown]
# # 1 · Images are arrays
#
# A grey image is a table of numbers: one number per *pixel*, which says how bright it is. In
# NumPy it is an array of shape (H, W): H rows from top to bottom, W columns from left to right.
#
# minidl brings 9,000 handwritten digits along. Each is 28 × 28 pixels.

# %%
import numpy as np
from matplotlib.figure import Figure

import minidl

(digits, labels), (test_digits, test_labels) = minidl.datasets.mnist.load_data()
print("to learn from:", digits.shape, digits.dtype, " labels:", labels.shape, labels.dtype)
print("to test with: ", test_digits.shape)

# %% [markdown]
# The first axis counts the images: `digits[0]` is the first one, and `labels[0]` says which digit
# it shows. The type `uint8` holds the whole numbers from 0 to 255: one byte per pixel. Here 0 is
# the black background and 255 is white ink.

# %%
digit = digits[0]
print("the label:", labels[0], " shape:", digit.shape, " from", digit.min(), "to", digit.max())
print(digit[6:12, 8:16])

# %% [markdown]
# An image is indexed as (row, column): first down, then to the right, as in a matrix. That is the
# other way round than (x, y) in school, and the rows count downwards. Slices cut out a window.

# %%
row, column = np.argwhere(digit == digit.max())[0]
print(f"brightest pixel: row {row}, column {column}, value {digit[row, column]}")
window = digit[4:24, 4:24]
print("the middle:", window.shape, " every other pixel:", digit[::2, ::2].shape)

# %% [markdown]
# Two traps of `uint8`. It has no room for numbers above 255: sums start again from 0. And a
# network computes with fractions. So images are turned into floats first, and divided by 255, which
# gives numbers from 0 to 1.

# %%
bright = np.array([200, 250], np.uint8)
print("uint8:", bright + np.uint8(100), " float:", bright / 255 + 100 / 255)
x = digits / np.float32(255)
print(x.dtype, "from", x.min(), "to", x.max())

# %% [markdown]
# A colour image has three numbers per pixel: how much red, green and blue light. These are its
# *channels*, the last axis: (H, W, C) with C = 3. Here is a small one, made by hand.

# %%
colour = np.zeros((4, 6, 3), np.uint8)
colour[:, 0:2] = [255, 0, 0]  # red
colour[:, 2:4] = [0, 255, 0]  # green
colour[:, 4:6] = [0, 0, 255]  # blue
colour[2:] = colour[2:] // 2 + 127  # the lower half is paler
print("shape:", colour.shape, " one pixel:", colour[3, 0], " the red channel:")
print(colour[:, :, 0])

# %% [markdown]
# The eye sees green as brighter than red, and red as brighter than blue. The usual weights for a
# grey image say so:
#
# $$\text{grey} = 0.299 \cdot R + 0.587 \cdot G + 0.114 \cdot B$$
#
# It is a product of the last axis with a vector of three weights. `minidl.image.rgb_to_grayscale`
# does the same, and keeps the channel axis.

# %%
grey = colour @ np.array([0.299, 0.587, 0.114])
print(grey.round().astype(int))
assert (minidl.image.rgb_to_grayscale(colour)[..., 0] == grey.round()).all()

# %% [markdown]
# Layers expect many images at once, with channels: (N, H, W, C). The digits have one channel, and
# an axis of length 1 says so. N images that are processed together are a *batch*.

# %%
batch = x[:64, :, :, np.newaxis]
print("a batch:", batch.shape)

# %% [markdown]
# A data set has a mean and a standard deviation: over all pixels, two numbers; over the images
# only, two images. The mean image is a blur of all digits: it shows where ink can be. The
# standard deviation shows where the digits differ.

# %%
print(f"mean {x.mean():.3f}, standard deviation {x.std():.3f}")
standard = (x - x.mean()) / x.std()
print(f"standardized: mean {abs(standard.mean()):.3f}, standard deviation {standard.std():.3f}")
print("images of each digit:", np.bincount(labels))

# %%
figure = Figure(figsize=(9, 5.4), layout="constrained")
figure.suptitle("Images are arrays")
axes = figure.subplots(2, 3)
pictures = [
    (f"a digit, {digit.shape}: label {labels[0]}", digit, "gray"),
    ("a window of it, as numbers", digit[6:12, 8:16], "gray"),
    (f"colour, {colour.shape}", colour, None),
    (f"its grey image, {grey.shape}", grey, "gray"),
    ("mean of all digits", x.mean(axis=0), "gray"),
    ("standard deviation", x.std(axis=0), "gray"),
]
for each, (title, picture, cmap) in zip(axes.flat, pictures, strict=True):
    top = 1 if picture.max() <= 1 else 255
    shown = each.imshow(picture, cmap=cmap, vmin=0, vmax=top)
    each.set(title=title, xlabel="column", ylabel="row")
    if cmap:
        figure.colorbar(shown, ax=each, shrink=0.8)
for (i, j), value in np.ndenumerate(digit[6:12, 8:16]):
    ink = "black" if value > 127 else "white"
    axes[0, 1].text(j, i, value, ha="center", va="center", fontsize=7, color=ink)
axes[0, 1].set(xticks=range(8), xticklabels=range(8, 16))
axes[0, 1].set(yticks=range(6), yticklabels=range(6, 12))
figure.savefig("01_images.png", dpi=100)
print("figure: 01_images.png")

# %% [markdown]
# What follows in the next lessons works on such arrays: convolution slides over rows and columns,
# layers add and remove channels, and a network ends with ten numbers, one for each digit.
