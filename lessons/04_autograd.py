# %% [markdown]
# # 4 · A derivative by hand, then autograd
#
# A network learns by small changes to its weights. Which changes make the loss smaller is what
# the derivative says: the slope of a function at a place.
#
# $$f'(x) = \lim_{h \to 0} \frac{f(x+h) - f(x)}{h}$$
#
# The example of this lesson is
#
# $$f(x) = (x^2 + 1) \cdot e^{-x}$$

# %%
import math

import numpy as np
from matplotlib.figure import Figure

import minidl


def f(x):
    return (x * x + 1) * np.exp(-x)


# %% [markdown]
# The definition with a small h instead of a limit is called a *finite difference*. The symmetric
# form is more exact: its error falls with h², the plain one's with h.
#
# $$f'(x) \approx \frac{f(x+h) - f(x-h)}{2h}$$
#
# By hand, the product rule gives
#
# $$f'(x) = 2x \cdot e^{-x} - (x^2 + 1) \cdot e^{-x} = -(x-1)^2 \cdot e^{-x}$$


# %%
def difference(f, x, h):
    return (f(x + h) - f(x - h)) / (2 * h)


def by_hand(x):
    return -((x - 1) ** 2) * np.exp(-x)


print(f"finite difference {difference(f, 2.0, 1e-5):.10f}, by hand {by_hand(2.0):.10f}")

# %% [markdown]
# A smaller h is not always better: f(x + h) and f(x − h) become so alike that only the rounding
# errors are left of their difference. The right half of the figure shows the best h in between.

# %%
figure = Figure(figsize=(9, 3.6), layout="constrained")
left, right = figure.subplots(1, 2)
x = np.linspace(-0.6, 5, 200)
left.plot(x, f(x), label="f(x)")
left.plot(x, by_hand(x), label="f′(x), by hand")
left.plot(x[::12], difference(f, x[::12], 1e-5), "k.", label="f′(x), finite difference")
left.set(title="A function and its slope", xlabel="x")
left.legend()
steps = 10.0 ** np.arange(-15, 0.1, 0.25)
right.loglog(steps, abs(difference(f, 2.0, steps) - by_hand(2.0)) + 1e-17)
right.set(title="Error of the finite difference at x = 2", xlabel="step h", ylabel="error")
figure.savefig("04_autograd.png", dpi=100)
print("figure: 04_autograd.png")

# %% [markdown]
# The network of this course has 693,962 weights. Finite differences would compute it twice for
# each of them. The *chain rule* is better: cut the computation into small steps, and write down
# the slope of each step beside it.
#
# | step | value at x = 2 | slopes of the step |
# | --- | --- | --- |
# | a = x · x | 4 | ∂a/∂x = 2x = 4 |
# | b = a + 1 | 5 | ∂b/∂a = 1 |
# | c = exp(−x) | 0.135 | ∂c/∂x = −c = −0.135 |
# | f = b · c | 0.677 | ∂f/∂b = c = 0.135, ∂f/∂c = b = 5 |
#
# Then walk back from f, and multiply along the way. x is used in a and in c, so two ways lead back
# to it, and their slopes are added.

# %%
x = 2.0
a, c = x * x, math.exp(-x)
b = a + 1
slope_b, slope_c = c, b  # of f by b, and by c
slope_a = slope_b * 1
slope_x = slope_a * 2 * x + slope_c * -c
print(f"values: a = {a:.3f}, b = {b:.3f}, c = {c:.3f}, f = {b * c:.3f}")
print(f"slope: {slope_x:.10f}")

# %% [markdown]
# A program can do this by itself. Each number remembers which numbers it came from, with the slope
# of the step. `backward` walks back, the latest number first, so that a number has received all its
# parts before it passes them on.


# %%
class Number:
    def __init__(self, value, came_from=()):
        self.value, self.came_from, self.gradient = value, came_from, 0.0

    def __add__(self, other):
        return Number(self.value + other.value, [(self, 1.0), (other, 1.0)])

    def __mul__(self, other):
        return Number(self.value * other.value, [(self, other.value), (other, self.value)])

    def exp(self):
        value = math.exp(self.value)
        return Number(value, [(self, value)])

    def backward(self):
        order, seen = [], set()

        def visit(number):
            if id(number) not in seen:
                seen.add(id(number))
                for earlier, _ in number.came_from:
                    visit(earlier)
                order.append(number)

        visit(self)
        self.gradient = 1.0
        for number in reversed(order):
            for earlier, slope in number.came_from:
                earlier.gradient += number.gradient * slope


x = Number(2.0)
result = (x * x + Number(1.0)) * (x * Number(-1.0)).exp()
result.backward()
print(f"value {result.value:.3f}, slope {x.gradient:.10f}")
assert math.isclose(x.gradient, by_hand(2.0))

# %% [markdown]
# This is *automatic differentiation*, and walking back is *backpropagation*. One walk gives the
# slopes by all inputs at once. `minidl.Tensor` works in the same way, with arrays in place of
# numbers: the operations in `minidl/ops` have their slopes beside them, and `minidl/autograd.py`
# walks back.

# %%
t = minidl.Tensor(np.float64(2.0), requires_grad=True, name="x")
a = t * t
b = a + 1
n = -t
c = minidl.ops.exp(n)
f_t = b * c
slopes = minidl.grad(f_t, [t, a, b, n, c, f_t])
print(f"value {f_t.item():.3f}, slope {slopes[0].item():.10f}")
assert math.isclose(slopes[0].item(), x.gradient)

# %% [markdown]
# The steps that a Tensor remembers are a *graph*. `minidl.insight.graph` returns its boxes and
# arrows. The figure adds two numbers to each box: its value, computed from left to right, and the
# slope of f by it, computed from right to left.

# %%
graph = minidl.insight.graph(f_t)
places = [(0, 0.5), (1, 1), (2, 1), (1, 0), (2, 0), (3, 0.5)]
names = ["x", "a = x · x", "b = a + 1", "−x", "c = exp(−x)", "f = b · c"]
figure = Figure(figsize=(9, 3), layout="constrained")
axes = figure.subplots()
axes.set(xlim=(-0.4, 3.4), ylim=(-0.35, 1.35), title="Values go right, slopes come back left")
axes.axis("off")
for name, place, step, slope in zip(names, places, [t, a, b, n, c, f_t], slopes, strict=True):
    text = f"{name}\nvalue {step.item():.3f}\nslope {slope.item():.3f}"
    axes.text(*place, text, ha="center", va="center", bbox={"boxstyle": "round", "fc": "#eef3fa"})
for source, target in set(graph.arrows):
    ends = {"xy": places[target], "xytext": places[source]}
    axes.annotate("", **ends, arrowprops={"arrowstyle": "->", "shrinkA": 45, "shrinkB": 45})
figure.savefig("04_autograd_2.png", dpi=100)
print("figure: 04_autograd_2.png")

# %% [markdown]
# Whoever writes a new operation can be wrong about its slope. `minidl.check_grads` compares it with
# finite differences, as this lesson began.

# %%
minidl.check_grads(lambda x: (x * x + 1) * minidl.ops.exp(-x), np.linspace(-1.0, 3.0, 5))
print("check_grads finds no mistake")
