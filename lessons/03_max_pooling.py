# %% [markdown]
# # 3 · Max-pooling, from the formula
#
# The article's second formula:
#
# $$f(x, y) = \max(A(x, y), A(x+k, y), A(x, y+k), A(x+k, y+k))$$
#
# Read as it stands, it takes the largest of four corners at distance k, for every pixel
# whose corners lie inside the image.

# %%
import numpy as np

import minidl

A = np.array([[1, 5, 2, 0], [3, -1, 4, 6], [7, 2, 8, 1], [0, 9, 3, 2]])
H, W = A.shape
for k in (1, 2):
    f = np.zeros((H - k, W - k), int)
    for x in range(H - k):
        for y in range(W - k):
            f[x, y] = max(A[x, y], A[x + k, y], A[x, y + k], A[x + k, y + k])
    assert (minidl.formulas.max_pooling(A, k) == f).all()
    print(f"k = {k}:\n{f}\n")

# %% [markdown]
# The article's code says `MaxPooling2D((2, 2))`, and that is something else: the largest of
# each 2 × 2 block, which halves the image. It is the formula with k = 1, at every other
# pixel.

# %%
images = A[None, :, :, None].astype(np.float32)
layer = minidl.layers.MaxPooling2D((2, 2))(images).data[0, :, :, 0]
print(layer)
assert (layer == minidl.formulas.max_pooling(A, 1)[::2, ::2]).all()

# %% [markdown]
# Both are cases of one operation: a window of `pool_size` taps, `dilation_rate` apart, that
# moves by `strides`. The formula is a 2 × 2 window with dilation k and stride 1.

# %%
for k in (1, 2, 3):
    pooled = minidl.ops.max_pool2d(images, pool_size=2, strides=1, dilation_rate=k)
    assert (pooled[0, :, :, 0] == minidl.formulas.max_pooling(A, k)).all()
    print(f"k = {k}: the operation equals the formula, {pooled.shape[1]} × {pooled.shape[2]}")
