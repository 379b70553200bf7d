# %% [markdown]
# # 5 · Layers, and the article's network
#
# A *layer* is a function with weights of its own. A network is a chain of layers: each takes what
# the one before it gives. The article's network has five.

# %%
import numpy as np

import minidl
from minidl import layers, ops

minidl.set_random_seed(0)
model = minidl.Sequential(
    [
        layers.Conv2D(32, (3, 3), activation="relu", input_shape=(28, 28, 1), name="convolution"),
        layers.MaxPooling2D((2, 2), name="pooling"),
        layers.Flatten(name="flatten"),
        layers.Dense(128, activation="relu", name="hidden"),
        layers.Dense(10, activation="softmax", name="output"),
    ]
)
model.summary()

# %% [markdown]
# Count the weights by hand. A convolution has a kernel for each pair of input and output channels,
# and a number that is added to each output channel, the *bias*. A dense layer connects every input
# with every output.
#
# | layer | output | weights and biases |
# | --- | --- | --- |
# | convolution | 26 × 26 × 32: a 3 × 3 window fits 26 times | 3 · 3 · 1 · 32 + 32 |
# | pooling | 13 × 13 × 32: half of it | 0 |
# | flatten | 5,408: the same numbers in a row | 0 |
# | hidden | 128 | 5,408 · 128 + 128 |
# | output | 10 | 128 · 10 + 10 |

# %%
by_hand = [3 * 3 * 1 * 32 + 32, 0, 0, 13 * 13 * 32 * 128 + 128, 128 * 10 + 10]
for layer, count in zip(model.layers, by_hand, strict=True):
    shapes = [weight.shape for weight in layer.get_weights()]
    print(f"{layer.name:12} {count:8,} {shapes}")
    assert layer.count_params() == count
print(f"{sum(by_hand):21,} in all")
assert model.count_params() == sum(by_hand)

# %% [markdown]
# More than 99 % of them are in one dense layer. The convolution needs few, since all places of the
# image share its kernels.
#
# Now compute the network with operations only, for one digit. Between the layers stands *ReLU*,
#
# $$\text{relu}(z) = \max(z, 0)$$
#
# Without it, two layers would be no more than one: a linear function of a linear function is
# linear.

# %%
(x, y), (x_test, y_test) = minidl.datasets.mnist.load_data()
x, x_test = (images[..., np.newaxis] / np.float32(255) for images in (x, x_test))
one = x_test[:1]
kernel, bias, hidden_weights, hidden_bias, output_weights, output_bias = model.get_weights()

maps = ops.relu(ops.conv2d(one, kernel) + bias)
pooled = ops.max_pool2d(maps, 2)
row = pooled.reshape(1, -1)
hidden = ops.relu(row @ hidden_weights + hidden_bias)
logits = hidden @ output_weights + output_bias
print(*[each.shape for each in (one, maps, pooled, row, hidden, logits)], sep=" → ")

# %% [markdown]
# The last layer gives ten numbers, the *logits*: one for each digit, of any size and sign.
# *Softmax* makes probabilities of them, positive and with sum 1:
#
# $$p_i = \frac{e^{z_i}}{\sum_j e^{z_j}}$$
#
# A constant that is added to all logits changes nothing, so the largest is subtracted first:
# otherwise e to the power of 1,000 would be too large for a float.

# %%
powers = np.exp(logits - logits.max())
probabilities = powers / powers.sum()
print(probabilities.round(3), "sum", probabilities.sum().round(3))
print("as the model says:", np.allclose(probabilities, model.predict(one, verbose=0), atol=1e-6))

# %% [markdown]
# The weights are random so far, and the ten probabilities are about alike. The loss is the
# *cross-entropy*, minus the logarithm of the probability of the true digit. A mere guess of 1/10
# has the loss ln 10 = 2.303. `fit` makes it smaller, batch by batch.

# %%
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
loss, accuracy = model.evaluate(x_test, y_test, verbose=0)
print(f"before: loss {loss:.2f}, accuracy {accuracy:.1%} of {len(y_test):,} test digits")
model.fit(x, y, epochs=2, batch_size=64, verbose=0)
loss, accuracy = model.evaluate(x_test, y_test, verbose=0)
print(f"after:  loss {loss:.2f}, accuracy {accuracy:.1%}")

# %% [markdown]
# What every layer makes of the one digit now: after the convolution 32 maps, of which 16 are shown,
# each bright where its kernel fits. Pooling halves them. Below, the numbers of a layer stand side
# by side, of the 5,408 the first 256. In the last row the brightest of ten is the answer.

# %%
outputs = minidl.insight.activations(model, one)
answer = outputs["output"][0]
print("true digit:", y_test[0], " answer:", answer.argmax(), f" probability {answer.max():.3f}")
figure = minidl.plots.activations(outputs)
figure.suptitle(f"One digit {y_test[0]} on its way through the network")
figure.savefig("05_layers.png", dpi=100)
print("figure: 05_layers.png")

# %% [markdown]
# The 32 kernels, learned from random numbers: red where a pixel counts for, blue where it counts
# against.

# %%
figure = minidl.plots.filters(model.get_weights()[0])
figure.savefig("05_layers_2.png", dpi=100)
print("figure: 05_layers_2.png")
