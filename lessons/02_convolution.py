# %% [markdown]
# # 2 · Convolution, from the formula
#
# The article's first formula slides a small *kernel* K over an image A, multiplies element
# by element, and sums:
#
# $$f(x, y) = \sum_{i=0}^{k-1}\sum_{j=0}^{k-1} A(x+i, y+j) \cdot K(i, j)$$
#
# Every pixel of the result looks at a k × k window of the image, and all pixels share the
# same kernel.

# %%
import numpy as np
from matplotlib.figure import Figure

import minidl

A = np.array([[0, 0, 9, 9], [0, 0, 9, 9], [0, 0, 9, 9]])
K = np.array([[-1, 1], [-1, 1]])

# %% [markdown]
# The formula as four nested loops. The window must lie inside the image, so the result has
# H − k + 1 rows and W − k + 1 columns.

# %%
k = len(K)
rows, columns = A.shape[0] - k + 1, A.shape[1] - k + 1
f = np.zeros((rows, columns), int)
for x in range(rows):
    for y in range(columns):
        for i in range(k):
            for j in range(k):
                f[x, y] += A[x + i, y + j] * K[i, j]
print(f)

# %% [markdown]
# This kernel is large where the right half of its window is brighter than the left: it finds
# vertical edges. `minidl.formulas.convolution` is this loop, and the library's fast `conv2d`
# gives the same numbers: for many images, channels and kernels at once, so the arrays have
# four axes: images (N, H, W, C), kernels (kh, kw, C, filters).

# %%
assert (minidl.formulas.convolution(A, K) == f).all()
fast = minidl.ops.conv2d(A[None, :, :, None].astype(float), K[:, :, None, None].astype(float))
print(fast.shape, (fast[0, :, :, 0] == f).all())

# %% [markdown]
# On a handwritten digit: one kernel for vertical edges, one for horizontal ones.

# %%
(digits, labels), _ = minidl.datasets.mnist.load_data()
digit = digits[0] / 255
vertical = np.array([[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]])
kernels = np.stack([vertical, vertical.T], axis=-1)[:, :, None, :]
edges = minidl.ops.conv2d(digit[None, :, :, None], kernels)[0]

figure = Figure(figsize=(9, 3.4), layout="constrained")
figure.suptitle("Convolution with a 3 × 3 kernel finds edges")
titles = [f"the digit {labels[0]}, 28 × 28", "vertical edges, 26 × 26", "horizontal edges, 26 × 26"]
for axes, title, image in zip(
    figure.subplots(1, 3), titles, [digit, edges[..., 0], edges[..., 1]], strict=True
):
    limit = abs(image).max()
    shown = axes.imshow(image, cmap="RdBu", vmin=-limit, vmax=limit)
    axes.set(title=title, xticks=[], yticks=[])
    figure.colorbar(shown, ax=axes, shrink=0.8)
figure.savefig("02_convolution.png", dpi=100)
print("figure: 02_convolution.png")

# %% [markdown]
# In a convolutional network nobody writes the kernels: they start at random and are learned.
