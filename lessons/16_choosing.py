# %% [markdown]
# # 16 · Choosing a framework
#
# The article closes with a question: *how does one choose a framework for deep learning?* Its
# answer: TensorFlow and PyTorch suit projects of every size, and a beginner should start with
# Keras. This lesson answers with measurements, and with what no measurement shows.
#
# The numbers were measured on an earlier day, and are read from a file that `python -m benchmarks`
# and `python -m benchmarks.excerpts` have written. The cell prints when, where, and with which
# versions. On another machine they are others.

# %%
import json
import pathlib
import tempfile

import numpy as np
from matplotlib.figure import Figure

import minidl
from minidl.classroom import places

results = places.folder() / "results"
stored = json.loads((results / "benchmarks.json").read_text("utf-8"))
LIBRARIES = ("minidl", "PyTorch", "Keras", "JAX")

print(f"measured {stored['date'][:10]} on {stored['machine']}, {stored['threads']} threads")
for library in LIBRARIES:
    print(f"{library:8}", ", ".join(map(" ".join, stored["versions"][library].items())))

# %% [markdown]
# ## Do they compute the same?
#
# Before anything was timed, minidl and PyTorch trained ten steps from the same weights. The largest
# differences, as a share of the largest number: float32 has about seven digits. The accuracies are
# those of lesson 7.

# %%
for what, share in stored["agreement"].items():
    print(f"{what:10} differ by {share:.1e}")

accuracy = json.loads((results / "three_libraries.json").read_text("utf-8"))["results"]
for library, found in accuracy.items():
    print(f"{library:8} reads {np.mean(found['test']):.1%} of the test digits, mean of three seeds")

# %% [markdown]
# So a framework is not chosen for better results: the mathematics is the same. What differs is
# speed, comfort, and what there is beyond the mathematics.
#
# ## How fast are they?
#
# All on the same cores of one processor, each in its quickest way, taking turns. A ratio above 1
# says that minidl was faster than the fastest of the others, below 1 that it was slower. Where the
# two are within 15 % of each other, another day could turn them around.


# %%
def verdict(ratio):
    """Return in a word how minidl compares."""
    return "faster" if ratio > 1.15 else "slower" if ratio < 1 / 1.15 else "even"


milliseconds = stored["milliseconds"]
for case, times in milliseconds.items():
    others = {library: time for library, time in times.items() if library != "minidl"}
    best = min(others, key=others.get)
    ratio = others[best] / times["minidl"]
    print(f"{case:68} {times['minidl']:8.2f} ms {ratio:5.2f} × {best:8} {verdict(ratio)}")

# %%
figure = Figure(figsize=(10, 5), layout="constrained")
axes = figure.subplots()
for library, marker in zip(LIBRARIES[1:], "os^", strict=True):
    places = [i for i, times in enumerate(milliseconds.values()) if library in times]
    ratios = [t[library] / t["minidl"] for t in milliseconds.values() if library in t]
    axes.plot(ratios, places, marker, label=library, markersize=7, alpha=0.8)
axes.axvline(1, color="k", linewidth=1)
axes.set(xscale="log", xlabel="time relative to minidl's (left of the line: faster than minidl)")
axes.set(yticks=range(len(milliseconds)), title="Three frameworks beside minidl, on a processor")
axes.set_yticklabels(list(milliseconds), fontsize=8)
axes.set_xticks([0.5, 1, 2, 5, 10, 20], ["½ ×", "1 ×", "2 ×", "5 ×", "10 ×", "20 ×"])
axes.minorticks_off()
axes.grid(axis="x", alpha=0.3)
axes.invert_yaxis()
axes.legend()
figure.savefig("16_choosing.png", dpi=100)
print("figure: 16_choosing.png")

# %% [markdown]
# In a small network most of the time goes to memory and overhead, and lesson 15 shows how minidl
# saves those. Where a row says "slower", others have put more work into the case. Single images are
# hard for minidl: what counts there is the Python between the operations, and a framework that
# traces or compiles the whole network leaves nearly none of it.
#
# Two more costs. minidl's first run has to compile its kernels, which later runs find in a cache.
# And memory: the whole process, training with batches of 64.

# %%
for state, time in stored["epoch_ms"].items():
    print(f"an epoch of 8,000 digits, {state:12} {time / 1000:5.1f} s")
for library, mib in stored["mib"].items():
    print(f"{library:8} {mib:5.0f} MiB at most")

# %% [markdown]
# ## What minidl is not for
#
# - **Graphics cards**: there is no GPU code. What takes a processor days can take a GPU hours; for
#   that, use PyTorch, JAX or TensorFlow.
# - **Large networks, many machines**: nothing here shares work between computers, and training in
#   half precision is missing.
# - **Text, sound, video**: the layers are those for images.
# - **Pretrained networks**: there is no collection of them, and much practical work begins with
#   one.
# - **Long-term support**: the large frameworks have companies behind them, and so many users that
#   somebody has met your error before.
#
# ## Which for what
#
# | you want to | take |
# | --- | --- |
# | understand every step, teach, or train a small CNN on a processor | minidl |
# | build a first network from tested parts, with little code | Keras |
# | do research, follow papers, use pretrained networks, train on GPUs | PyTorch |
# | differentiate, vectorize and compile functions of your own; use TPUs | JAX |
# | serve models, run them on phones, maintain what exists | TensorFlow |
#
# Keras 3 runs on TensorFlow, JAX or PyTorch, so the choice between these can wait. The choice is
# not for life, either: minidl has Keras's names and PyTorch's training loop, so that what you know
# stays, and `minidl export` takes a trained network along.

# %%
model = minidl.applications.article_cnn()
with tempfile.TemporaryDirectory() as folder:
    path = pathlib.Path(folder, "for_torch.safetensors")
    minidl.interchange.save_torch(model, path)
    copy = minidl.applications.article_cnn()
    minidl.interchange.load_torch(copy, path)
pairs = zip(model.get_weights(), copy.get_weights(), strict=True)
print("to PyTorch and back, the same weights:", all((a == b).all() for a, b in pairs))
