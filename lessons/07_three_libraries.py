# %% [markdown]
# # 7 · The article's program in three libraries
#
# The article ends with a short program for TensorFlow's Keras. Here it is, word for word.

# %%
import importlib.util
import json
import sys

import numpy as np
from matplotlib.figure import Figure

import minidl
from minidl.classroom import places

ARTICLE = """import tensorflow as tf

# 定义卷积神经网络
model = tf.keras.Sequential([
    tf.keras.layers.Conv2D(32, (3, 3), activation='relu', input_shape=(28, 28, 1)),
    tf.keras.layers.MaxPooling2D((2, 2)),
    tf.keras.layers.Flatten(),
    tf.keras.layers.Dense(128, activation='relu'),
    tf.keras.layers.Dense(10, activation='softmax')
])

# 编译模型
model.compile(optimizer='adam',
              loss='sparse_categorical_crossentropy',
              metrics=['accuracy'])

# 训练模型
model.fit(train_images, train_labels, epochs=5, batch_size=64)"""

# %% [markdown]
# The program expects images as floats from 0 to 1 with a channel axis. The value of its last line
# is the history: the mean loss and accuracy of every epoch. `train` runs a program with these
# images and returns the history, and the share of the 1,000 test digits that the network reads.

# %%
(x, y), (x_test, y_test) = minidl.datasets.mnist.load_data()
x, x_test = (images[..., np.newaxis] / np.float32(255) for images in (x, x_test))


def train(program):
    names = {"train_images": x, "train_labels": y}
    before, last = program.rsplit("\n", 1)
    exec(before, names)
    history = eval(last, names)
    predict = names["predict"] if "predict" in names else names["model"].predict
    test = (predict(x_test).argmax(axis=1) == y_test).mean()
    lists = getattr(history, "history", history)
    return {"loss": [lists["loss"]], "accuracy": [lists["accuracy"]], "test": [test]}


# %% [markdown]
# minidl has Keras's names, so one line changes: the import.

# %%
OURS = ARTICLE.replace("import tensorflow as tf", "import minidl as tf")
changed = [b for a, b in zip(ARTICLE.splitlines(), OURS.splitlines(), strict=True) if a != b]
print("changed:", *changed)
minidl.set_random_seed(0)
results = {"minidl": {"when": "now", "versions": {"minidl": minidl.__version__}, **train(OURS)}}

# %% [markdown]
# In PyTorch one writes the loop that `fit` hides. The network is the same, with four differences to
# know: images are (N, C, H, W); the loss takes logits, so there is no softmax layer; the number of
# inputs of every layer is written down, 32 · 13 · 13 after pooling; and weights begin by another
# rule, unless one asks for Keras's.

# %%
PYTORCH = """import torch
from torch import nn

model = nn.Sequential(
    nn.Conv2d(1, 32, 3), nn.ReLU(),
    nn.MaxPool2d(2),
    nn.Flatten(),
    nn.Linear(32 * 13 * 13, 128), nn.ReLU(),
    nn.Linear(128, 10),
)
for layer in (model[0], model[4], model[6]):  # as Keras begins
    nn.init.xavier_uniform_(layer.weight)
    nn.init.zeros_(layer.bias)
optimizer = torch.optim.Adam(model.parameters(), eps=1e-7)  # Keras's epsilon
loss_of = nn.CrossEntropyLoss()

def fit(images, labels, epochs, batch_size):
    images = torch.from_numpy(images).permute(0, 3, 1, 2)
    labels = torch.from_numpy(labels.astype("int64"))
    history = {"loss": [], "accuracy": []}
    for _ in range(epochs):
        loss_sum = right = 0
        for batch in torch.randperm(len(images)).split(batch_size):
            logits = model(images[batch])
            loss = loss_of(logits, labels[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            loss_sum += loss.item() * len(batch)
            right += (logits.argmax(1) == labels[batch]).sum().item()
        history["loss"].append(loss_sum / len(images))
        history["accuracy"].append(right / len(images))
    return history

def predict(images):
    with torch.no_grad():
        return model(torch.from_numpy(images).permute(0, 3, 1, 2)).numpy()

fit(train_images, train_labels, epochs=5, batch_size=64)"""

# %% [markdown]
# The other two libraries train now if they are installed. If one is not, what it gave on an earlier
# day is read from a file. `python -m benchmarks.three_libraries` wrote it: it runs these same
# programs, each with three seeds.

# %%
results_of_then = places.folder() / "results" / "three_libraries.json"
stored = json.loads(results_of_then.read_text("utf-8"))


def result(library, modules, program):
    """Return what a library gives now, if it is installed, or what is stored."""
    if not importlib.util.find_spec(modules[0]):
        return {"when": f"on {stored['date']}", **stored["results"][library]}
    found = train(program)
    return {"when": "now", "versions": {k: sys.modules[k].__version__ for k in modules}, **found}


seeded = "import tensorflow as tf; tf.keras.utils.set_random_seed(0)\n" + ARTICLE
results["Keras"] = result("Keras", ["tensorflow", "keras"], seeded)
# One thread: several would wait for each other on a machine that is busy.
seeded = "import torch; torch.manual_seed(0); torch.set_num_threads(1)\n" + PYTORCH
results["PyTorch"] = result("PyTorch", ["torch"], seeded)

# %% [markdown]
# What each reads of the 1,000 test digits, and with which versions. The weights begin at random, so
# that three seeds of one library differ as well: compare the differences between libraries with
# those between seeds.

# %%
for library, found in results.items():
    versions = ", ".join(map(" ".join, found["versions"].items()))
    shares = ", ".join(f"{share:.1%}" for share in found["test"])
    print(f"{library:8} {shares:21} measured {found['when']} with {versions}")

tests = [found["test"] for found in stored["results"].values()]
between, within = np.ptp(np.mean(tests, axis=1)), np.ptp(tests, axis=1).max()
print(f"stored: the means lie {between:.1%} apart, the seeds of one library up to {within:.1%}")

# %% [markdown]
# The figure shows the stored results of all three: the mean of three seeds, and the band between
# the lowest and the highest of them. Crosses are what was measured now, with one seed.

# %%
figure = Figure(figsize=(9, 3.8), layout="constrained")
figure.suptitle("The article's program in three libraries, three seeds each")
panels = zip(figure.subplots(1, 2), ("loss", "accuracy"), strict=True)
epochs = range(1, 6)
for axes, quantity in panels:
    for library, colour in zip(results, ("C0", "C1", "C2"), strict=True):
        curves = np.array(stored["results"][library][quantity])
        axes.plot(epochs, curves.mean(axis=0), color=colour, label=library)
        axes.fill_between(epochs, curves.min(axis=0), curves.max(axis=0), color=colour, alpha=0.2)
        if results[library]["when"] == "now":
            now = results[library][quantity][0]
            axes.plot(epochs, now, "x", color=colour, label=f"{library}, now")
    axes.set(xlabel="epoch", ylabel=f"{quantity} while training", xticks=epochs)
axes.legend()
figure.savefig("07_three_libraries.png", dpi=100)
print("figure: 07_three_libraries.png")

# %% [markdown]
# Three libraries, one mathematics. From the same weights and the same batches, gradients and losses
# agree as far as float32 goes: the benchmarks check that before they measure anything, and lesson
# 16 prints by how much. So what is learned with one library can be used in the others.
