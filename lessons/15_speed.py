# %% [markdown]
# # 15 · From Python loops to fused kernels: why it is fast
#
# The same formula can be computed slowly or fast. This lesson writes the article's convolution in
# four ways, checks that all give the same numbers, and measures them. Your times differ from
# everybody else's; what to look for is the ratios, and where they come from.

# %%
import time

import numpy as np
import threadpoolctl
from matplotlib.figure import Figure

import minidl
from minidl import formulas, layers, ops

N, F = 64, 32  # images, filters
rng = np.random.default_rng(0)
(digits, _), _ = minidl.datasets.mnist.load_data()
x = digits[:N, :, :, np.newaxis] / np.float32(255)
kernel = rng.standard_normal((3, 3, 1, F), np.float32)
bias = rng.standard_normal(F, np.float32)


# %% [markdown]
# **Python loops.** The formula as it stands, for one image and every filter. Each multiplication
# takes the interpreter through dozens of machine instructions: it looks up names, checks types,
# makes an object for each number.


# %%
def loops():
    return [formulas.convolution(x[0, :, :, 0], kernel[:, :, 0, f]) for f in range(F)]


# %% [markdown]
# **NumPy slices.** The loops over pixels, images and filters go into NumPy; what remains is one
# step for each of the 9 kernel entries. But each step reads and writes the whole output.


# %%
def slices():
    out = np.zeros((N, 26, 26, F), np.float32)
    for i in range(3):
        for j in range(3):
            out += x[:, i : i + 26, j : j + 26] * kernel[i, j]
    return out


# %% [markdown]
# **Patches and a matrix product.** The windows are copied into a matrix, a row each (*im2col*).
# Then the convolution is one product of matrices, the operation that BLAS libraries have been tuned
# for over decades. The price: the matrix of patches is 9 times as large as the images.


# %%
def patches():
    windows = np.lib.stride_tricks.sliding_window_view(x[..., 0], (3, 3), axis=(1, 2))
    rows = windows.reshape(N * 26 * 26, 9)  # a copy
    return (rows @ kernel.reshape(9, F)).reshape(N, 26, 26, F)


# %% [markdown]
# **A compiled kernel.** minidl's convolution is a loop again, compiled by Numba. It keeps a few
# sums in the processor's registers, for all filters at once, until they are complete, and writes
# each output once.


# %%
def compiled():
    return ops.conv2d(x, kernel)


for way in (slices, patches, compiled):
    assert np.allclose(way(), compiled(), atol=1e-5)
assert np.allclose(np.stack(loops(), axis=-1), compiled()[0], atol=1e-5)
print("all four give the same numbers")

# %% [markdown]
# A network does more than convolve: it adds a bias, applies ReLU, and pools. As operations one by
# one, each writes its result to memory, and the next one reads it. A *fused* kernel does the whole
# chain for a few pixels while they are in the cache. A model finds such chains of layers by itself.

# %%
model = minidl.Sequential(
    [
        layers.Conv2D(F, 3, activation="relu", input_shape=(28, 28, 1)),
        layers.MaxPooling2D(2),
    ]
)
model.set_weights([kernel, bias])


def one_by_one():
    return ops.max_pool2d(ops.relu(ops.conv2d(x, kernel) + bias), 2)


def fused():
    return model.predict_on_batch(x)


assert np.allclose(one_by_one(), fused(), atol=1e-5)
print("fused and one by one give the same numbers")

# %% [markdown]
# To measure fairly: call everything once before (the first call compiles); let the ways take turns,
# so that a slow moment of the machine hits all alike; give each one core; count only the time in
# which this program had it; and take the shortest, since whatever disturbs can only add.

# %%
WAYS = {
    "Python loops": (loops, 1, 1),  # the images of a call, and the calls of a turn
    "NumPy slices": (slices, N, 8),
    "patches and a matrix product": (patches, N, 32),
    "minidl's kernel": (compiled, N, 64),
    "bias, ReLU, pooling too: one by one": (one_by_one, N, 32),
    "bias, ReLU, pooling too: fused": (fused, N, 64),
}
times = {name: [] for name in WAYS}
threads = minidl.get_num_threads()
minidl.set_num_threads(1)
with threadpoolctl.threadpool_limits(1):  # BLAS has threads of its own
    for _ in range(5):
        for name, (way, images, calls) in WAYS.items():
            start = time.process_time()
            for _ in range(calls):
                way()
            times[name].append((time.process_time() - start) / (images * calls))
minidl.set_num_threads(threads)
best = {name: min(each) for name, each in times.items()}
for name, seconds in best.items():
    ratio = best["Python loops"] / seconds
    print(f"{name:36} {seconds * 1e6:10,.0f} µs an image, {ratio:8,.0f} × as fast as loops")
*_, apart, together = best.values()
print(f"fusion makes the chain {apart / together:.1f} × as fast")

# %%
figure = Figure(figsize=(9, 3.6), layout="constrained")
axes = figure.subplots()
ratios = [best["Python loops"] / seconds for seconds in best.values()]
bars = axes.barh(list(WAYS), ratios, color=["C0"] * 4 + ["C1"] * 2)
axes.bar_label(bars, [f"{ratio:,.0f} ×" for ratio in ratios], padding=3)
axes.set(
    xscale="log", xlim=(0.7, max(ratios) * 6), xlabel="times as fast as Python loops, one core"
)
axes.set_title("Convolution of 28 × 28 images with 32 kernels of 3 × 3")
axes.invert_yaxis()
figure.savefig("15_speed.png", dpi=100)
print("figure: 15_speed.png")

# %% [markdown]
# The arithmetic is the same in all ways. What differs is how much goes to memory and back. A number
# from main memory takes as long as hundreds of multiplications, one from the innermost cache as
# long as a few. Count the bytes that each way moves:

# %%
image, out = x.nbytes, N * 26 * 26 * F * 4
moved = {
    "NumPy slices": 9 * (image + 4 * out),  # products and sums are written, and read again
    "patches and a matrix product": image + 2 * 9 * image + out,
    "minidl's kernel": image + out,
    "bias, ReLU, pooling too: one by one": image + out + 2 * out + 2 * out + 1.25 * out,
    "bias, ReLU, pooling too: fused": image + 0.25 * out,
}
flops = 2 * N * 26 * 26 * F * 9
print(f"arithmetic: {flops / 1e6:.0f} million multiplications and additions for {N} images")
for name, count in moved.items():
    print(f"{name:36} {count / 1e6:7.1f} MB, {flops / count:6.1f} operations a byte")

# %% [markdown]
# Four reasons, then, and where to read them:
#
# - **No interpreter** in the inner loop: `minidl/kernels/jit.py` compiles functions with Numba.
# - **Vector instructions** (SIMD): the loop over filters computes 8 or 16 numbers at once, if
#   nothing in it forbids that: `minidl/kernels/conv/direct.py`.
# - **Less memory traffic**: sums stay in registers, patches in the cache, and memory is used again,
#   since new memory has to be cleared first: `minidl/kernels/conv/blocked.py`,
#   `minidl/runtime/buffers.py`.
# - **Fusion**: what is not written need not be read: `minidl/kernels/conv/fused.py`,
#   `minidl/models/fusion.py`.
#
# Threads come on top: `minidl.set_num_threads`. The page `docs/speed.md` tells the whole story,
# with what was tried and given up.
