"""The same numbers as the operations compute, from plain Python, SciPy or loops."""

import math
from fractions import Fraction

import numpy as np
from scipy.signal import correlate


def each(f):
    """Apply a function of Python numbers element by element, broadcast."""
    return np.vectorize(f, otypes=[float])


def over(f):
    """Reduce the axes asked for by a function of a list of Python numbers."""

    def judge(x, axis=None, keepdims=False):
        axes = range(x.ndim) if axis is None else np.atleast_1d(axis).astype(int) % max(x.ndim, 1)
        kept = [1 if i in axes else n for i, n in enumerate(x.shape)]
        out = np.empty(kept)
        for place in np.ndindex(*kept):
            block = (slice(None) if i in axes else p for i, p in enumerate(place))
            out[place] = f(x[tuple(block)].ravel().tolist())
        return out if keepdims else out.squeeze(tuple(axes))

    return judge


def product(a, b):
    first, second = a[None] if a.ndim == 1 else a, b[:, None] if b.ndim == 1 else b
    out = (first[..., None] * second[..., None, :, :]).sum(axis=-2)
    out = out[..., 0] if b.ndim == 1 else out
    return out if a.ndim > 1 else out[..., 0] if b.ndim == 1 else out[..., 0, :]


def take(x, indices, axis):
    shape = [max(n, m) for n, m in zip(x.shape, indices.shape, strict=True)]
    shape[axis] = indices.shape[axis]
    indices = np.broadcast_to(indices, shape)
    out = np.empty(shape)
    for place in np.ndindex(*shape):
        source = list(place)
        source[axis] = indices[place]
        out[place] = x[tuple(source)]
    return out


def take_whole(x, indices, axis):
    if axis is None:
        x, axis = x.ravel(), 0
    rows = np.moveaxis(x, axis, 0)
    chosen = np.empty((*indices.shape, *rows.shape[1:]))
    for place in np.ndindex(indices.shape):
        chosen[place] = rows[indices[place]]
    front = range(indices.ndim)
    return np.moveaxis(chosen, front, [axis % x.ndim + i for i in front])


def repeat(x, repeats, axis):
    if axis is None:
        x, axis = x.ravel(), 0
    rows = np.moveaxis(x, axis, 0)
    counts = repeats if isinstance(repeats, list) else [repeats] * len(rows)
    again = [row for row, n in zip(rows, counts, strict=True) for _ in range(n)]
    return (
        np.moveaxis(np.reshape(again, (-1, *rows.shape[1:])), 0, axis)
        if again
        else np.empty([0 if i == axis % x.ndim else n for i, n in enumerate(x.shape)])
    )


def roll(x, shift, axis):
    if axis is None:
        return roll(x.ravel(), shift, 0).reshape(x.shape)
    for s, a in zip(np.atleast_1d(shift), np.atleast_1d(axis), strict=True):
        n = max(x.shape[a], 1)
        x = np.take(x, (np.arange(x.shape[a]) - s) % n, a)
    return x


def parts_backwards(x, indices_or_sections, axis):
    """Return what `split` gives, joined again from the last part to the first."""
    return np.concatenate(np.split(x, indices_or_sections, axis)[::-1], axis)


def backwards(x, axis):
    axes = range(x.ndim) if axis is None else np.atleast_1d(axis).astype(int) % max(x.ndim, 1)
    return x[tuple(slice(None, None, -1 if i in axes else None) for i in range(x.ndim))]


def border(x, pad_width, mode="constant", constant_values=0):
    """Look up, for every place, which number of x it shows."""
    widths = np.broadcast_to(pad_width, (x.ndim, 2)).tolist()
    out = np.empty([n + sum(w) for n, w in zip(x.shape, widths, strict=True)])
    for place in np.ndindex(out.shape):
        source = [p - before for p, (before, _) in zip(place, widths, strict=True)]
        inside = all(0 <= i < n for i, n in zip(source, x.shape, strict=True))
        if mode == "edge":
            source = [min(max(i, 0), n - 1) for i, n in zip(source, x.shape, strict=True)]
        elif mode == "reflect":
            source = [mirror(i, n) for i, n in zip(source, x.shape, strict=True)]
        shows = inside or mode != "constant"
        out[place] = x[tuple(source)] if shows else constant_values
    return out


def mirror(i, n):
    """Walk to and fro between 0 and n − 1."""
    i = abs(i) % max(2 * n - 2, 1)
    return min(i, 2 * n - 2 - i) if n > 1 else 0


def einsum(*operands, subscripts):
    """Sum over every value of every letter, one product at a time."""
    inputs, arrow, out = subscripts.partition("->")
    terms = inputs.split(",")
    letters = sorted(set("".join(terms)))
    if not arrow:
        out = "".join(c for c in letters if inputs.count(c) == 1)
    sizes = dict.fromkeys(letters, 1)
    for x, term in zip(operands, terms, strict=True):
        sizes |= {c: max(n, sizes[c]) for c, n in zip(term, x.shape, strict=True)}
    total = np.zeros([sizes[c] for c in out])
    for values in np.ndindex(*(sizes[c] for c in letters)):
        at = dict(zip(letters, values, strict=True))
        product = 1.0
        for x, term in zip(operands, terms, strict=True):
            product *= x[tuple(at[c] % n for c, n in zip(term, x.shape, strict=True))]
        total[tuple(at[c] for c in out)] += product
    return total


def batch_norm(x, mean, variance, gamma=None, beta=None, *, axis, epsilon):
    out = np.empty(x.shape)
    for place in np.ndindex(x.shape):
        c = place[axis]
        out[place] = (x[place] - mean[c]) / (variance[c] + epsilon) ** 0.5
        if gamma is not None:
            out[place] = out[place] * gamma[c] + beta[c]
    return out


def layer_norm(x, gamma=None, beta=None, *, axis, epsilon):
    axes = sorted(i % x.ndim for i in np.atleast_1d(axis).tolist())
    others = [i for i in range(x.ndim) if i not in axes]
    out = np.empty(x.shape)
    for place in np.ndindex(*(x.shape[i] for i in others)):
        at = tuple(place[others.index(i)] if i in others else slice(None) for i in range(x.ndim))
        numbers = x[at].ravel().tolist()
        mean = sum(numbers) / len(numbers)
        variance = sum((n - mean) ** 2 for n in numbers) / len(numbers)
        out[at] = (x[at] - mean) / (variance + epsilon) ** 0.5
        if gamma is not None:
            out[at] = out[at] * gamma + beta
    return out


def group_norm(x, gamma=None, beta=None, *, groups, epsilon):
    parts = np.split(x, groups, -1)
    axes = tuple(range(1, x.ndim))
    y = np.concatenate([layer_norm(p, axis=axes, epsilon=epsilon) for p in parts], -1)
    return y if gamma is None else y * gamma + beta


def taps(kernel_size, counts, strides, dilation_rate):
    """Yield (tap of the kernel, pixel of the output, pixel of the padded image)."""
    (sy, sx), (dy, dx) = strides, dilation_rate
    for i, j, p, q in np.ndindex(*kernel_size, *counts):
        yield (i, j), (p, q), (p * sy + i * dy, q * sx + j * dx)


def by_group(axes):
    """Judge each group apart: of the two inputs cut along `axes`, joined along the last axis."""

    def decorate(judge):
        def whole(a, b, groups, **options):
            parts = [np.split(x, groups, axis) for x, axis in zip((a, b), axes, strict=True)]
            return np.concatenate(
                [judge(x, y, **options) for x, y in zip(*parts, strict=True)], axis=-1
            )

        return whole

    return decorate


@by_group(axes=(3, 3))
def convolve(x, kernel, strides, padding, dilation_rate):
    """Correlate with the dilated kernel and keep every stride-th result."""
    (sy, sx), (dy, dx) = strides, dilation_rate
    kh, kw, channels, filters = kernel.shape
    dilated = np.zeros((dy * (kh - 1) + 1, dx * (kw - 1) + 1, channels, filters))
    dilated[::dy, ::dx] = kernel
    x = border(x, ((0, 0), *padding, (0, 0)))
    maps = [
        correlate(i, dilated[..., f], "valid")[::sy, ::sx, 0] for i in x for f in range(filters)
    ]
    return np.moveaxis(np.reshape(maps, (len(x), filters, *maps[0].shape)), 1, -1)


@by_group(axes=(3, 3))
def paint(y, kernel, strides, padding, dilation_rate, output_size):
    (top, bottom), (left, right) = padding
    height, width = output_size
    out = np.zeros((len(y), height + top + bottom, width + left + right, kernel.shape[2]))
    for tap, (p, q), (h, w) in taps(kernel.shape[:2], y.shape[1:3], strides, dilation_rate):
        out[:, h, w] += product(y[:, p, q], kernel[tap].T)
    return out[:, top : top + height, left : left + width]


@by_group(axes=(3, 3))
def collect(x, y, kernel_size, strides, padding, dilation_rate):
    out = np.zeros((*kernel_size, x.shape[3], y.shape[3]))
    x = border(x, ((0, 0), *padding, (0, 0)))
    for tap, (p, q), (h, w) in taps(kernel_size, y.shape[1:3], strides, dilation_rate):
        out[tap] += product(x[:, h, w].T, y[:, p, q])
    return out


def pool(x, pool_size, strides, padding, dilation_rate):
    counts = [
        (n - d * (k - 1) - 1) // s + 1
        for n, k, s, d in zip(x.shape[1:3], pool_size, strides, dilation_rate, strict=True)
    ]
    out = np.full((len(x), *counts, x.shape[3]), -np.inf)
    for _, (p, q), (h, w) in taps(pool_size, counts, strides, dilation_rate):
        out[:, p, q] = np.where(x[:, h, w] > out[:, p, q], x[:, h, w], out[:, p, q])
    return out


def average(x, pool_size, strides, padding):
    """Average what is left of each window once NaN, for padding, is taken out."""
    x = border(x, ((0, 0), *padding, (0, 0)), constant_values=np.nan)
    counts = [(n - k) // s + 1 for n, k, s in zip(x.shape[1:3], pool_size, strides, strict=True)]
    out = np.empty((len(x), *counts, x.shape[3]))
    for p, q in np.ndindex(*counts):
        (kh, kw), (sy, sx) = pool_size, strides
        out[:, p, q] = np.nanmean(x[:, p * sy : p * sy + kh, q * sx : q * sx + kw], axis=(1, 2))
    return out


def resize(x, size, interpolation):
    """Multiply with a matrix for each axis: a row of shares for every place that comes out."""
    for axis, m in ((1, size[0]), (2, size[1])):
        n = x.shape[axis]
        shares = np.zeros((m, n))
        for i in range(m):
            place = (i + 0.5) * n / m - 0.5
            if interpolation == "nearest":
                near = Fraction(2 * i + 1, 2) * Fraction(n, m)
                shares[i, math.floor(near)] = 1
            else:
                for j in range(math.floor(place), math.floor(place) + 2):
                    shares[i, min(max(j, 0), n - 1)] += 1 - abs(place - j)
        x = np.moveaxis(np.tensordot(shares, x, (1, axis)), 0, axis)
    return x
