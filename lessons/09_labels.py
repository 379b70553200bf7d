# %% [markdown]
# # 9 · Labels: agreement, errors, what to label next
#
# A network learns what its labels say, the wrong ones included. Before training there are
# three questions. Do people who label the same images **agree**? Which labels are
# **wrong**? And if there is time for a few more labels, **which images** should get them?

# %%
import numpy as np
from matplotlib.figure import Figure

import minidl
from minidl.data import active, agreement, label_errors

# %% [markdown]
# ## Do two people agree?
#
# Two people say of twenty photographs whether they show a cat (0), a dog (1) or something
# else (2). The table O counts the pairs of answers: its rows are the first person's classes,
# its columns the second's, and on its diagonal both say the same.

# %%
first = np.array([0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2])
second = np.array([0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 0, 0, 2, 2, 2, 2, 1])
table = np.zeros((3, 3), int)
np.add.at(table, (first, second), 1)
print(table)

# %% [markdown]
# The share on the diagonal is the agreement that was observed, $p_o$. Some of it would
# happen by chance: if both answered at random, each in the proportions of their own answers
# (row sums and column sums of the shares $S = O / N$), they would agree on the share
# $p_e$. **Cohen's kappa** is how much of the way from chance to full agreement they went:
#
# $$p_o = \sum_i S_{ii} \qquad
# p_e = \sum_i \Big(\sum_j S_{ij}\Big) \Big(\sum_j S_{ji}\Big) \qquad
# \kappa = \frac{p_o - p_e}{1 - p_e}$$

# %%
S = table / table.sum()
observed = np.trace(S)
by_chance = (S.sum(axis=1) * S.sum(axis=0)).sum()
kappa = (observed - by_chance) / (1 - by_chance)
print(f"observed {observed:.2f}, by chance {by_chance:.3f}, kappa {kappa:.3f}")
assert np.isclose(kappa, agreement.cohen_kappa(first, second))

# %% [markdown]
# Why not simply the share of equal answers? Take a class that is rare. Two people each find
# five faulty parts among a hundred, and not one of them is the same part. They give the same
# answer for nine parts in ten, and yet know nothing in common: kappa is below 0.

# %%
faulty = np.zeros((2, 100), int)
faulty[0, :5] = 1
faulty[1, 5:10] = 1
print(f"equal answers: {(faulty[0] == faulty[1]).mean():.0%}")
print(f"kappa: {agreement.cohen_kappa(*faulty):.3f}")

# %% [markdown]
# ## Which labels are wrong?
#
# Take 1,500 handwritten digits and change 5 % of the labels, so that it is known which ones
# are wrong. A network must not judge labels that it has learnt by heart. So the digits are
# dealt into three parts, and each part is judged by a network that was trained on the other
# two: **cross-validation**.
#
# The quality of a label is the probability that this network gives it. With the image $x_i$,
# its label $y_i$, and a network trained without that image:
#
# $$q_i = p(y_i \mid x_i)$$

# %%
(x, y), (x_test, y_test) = minidl.datasets.mnist.load_data()
x, x_test = x[..., None] / np.float32(255), x_test[..., None] / np.float32(255)
rng = np.random.default_rng(0)
wrong = rng.choice(1500, 75, replace=False)
given = y[:1500].astype(int)
given[wrong] = (given[wrong] + rng.integers(1, 10, 75)) % 10


def make_model():
    model = minidl.applications.article_cnn()
    model.compile("adam", "sparse_categorical_crossentropy")
    return model


p = label_errors.out_of_fold(make_model, x[:1500], given, folds=3, epochs=5, batch_size=32)
quality = p[np.arange(1500), given]
assert (quality == label_errors.label_quality(given, p)).all()
ranking = np.argsort(quality)
print(f"changed labels among the 75 of lowest quality: {np.isin(ranking[:75], wrong).sum()} of 75")

# %% [markdown]
# The lowest quality comes first. Each digit is shown with the label that it was given; a red
# one was changed by us. A black one was not: it is a digit that is hard to read, or one that
# the network does not know.

# %%
figure = Figure(figsize=(9, 4.2), layout="constrained")
figure.suptitle("The 24 labels of lowest quality, as given (red: changed by us)")
for axes, i in zip(figure.subplots(3, 8).flat, ranking[:24], strict=True):
    axes.imshow(x[i, :, :, 0], cmap="gray_r")
    axes.set_title(f"label {given[i]}", color="tab:red" if i in wrong else "black", fontsize=10)
    axes.axis("off")
figure.savefig("09_labels.png", dpi=100)
print("figure: 09_labels.png")

# %% [markdown]
# A ranking does not say where to stop. `find_label_errors` does: it estimates from the
# probabilities how many labels are wrong (*confident learning*), and returns as many.
#
# Two numbers measure such a search. **Precision** is the share of what was found that is
# wrong; **recall** is the share of what is wrong that was found.

# %%
found = label_errors.find_label_errors(given, p)
hits = np.isin(found, wrong).sum()
print(f"found {len(found)}: precision {hits / len(found):.0%}, recall {hits / len(wrong):.0%}")

# %% [markdown]
# A found label is a question, not an answer: somebody has to look at it.
#
# ## Which image to label next?
#
# Labels cost time. A network that has seen a few can say what it is unsure of: the **margin**
# is how far its likeliest class is ahead of the next one,
#
# $$m(x) = p_{(1)}(x) - p_{(2)}(x)$$
#
# and the images of smallest margin are labelled next. `active.run` plays the whole game:
# 50 labels at random, training, 100 labels more, training anew, and so on. It is played with
# margins and with random choice, from two seeds each.

# %%
curves = [
    active.run(
        make_model,
        *(x[:2000], y[:2000], x_test, y_test),
        strategy=strategy,
        start=50,
        step=100,
        rounds=3,
        epochs=10,
        seed=seed,
    )
    for strategy in ("margin", "random")
    for seed in (0, 1)
]
for curve in curves:
    print(f"{curve.strategy:6}", *(f"{100 * accuracy:5.1f} %" for accuracy in curve.accuracy))
minidl.plots.save(minidl.plots.learning_curves(curves), "09_labels_2.png")
print("figure: 09_labels_2.png")

# %% [markdown]
# Both begin with the same digits and so at the same accuracy. Further on, the line of the
# margins lies above the other: it needs fewer labels for the same accuracy. With more seeds
# and more labels the picture becomes surer; `docs/labels.md` shows it for six strategies.
#
# To label images of your own, by keyboard and in the browser: `minidl label DIR`.
