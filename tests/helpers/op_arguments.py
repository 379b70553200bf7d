"""How the rows of the table of operations draw arguments.

Each strategy gives a tuple of float64 arrays, and a dict of options.
"""

import math

import hypothesis.extra.numpy as hnp
import numpy as np
from hypothesis import strategies as st

seeds = st.integers(0, 2**32)
shapes = hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4)
filled = hnp.array_shapes(min_dims=0, max_dims=3, max_side=4)
with_axes = hnp.array_shapes(min_dims=1, max_dims=3, max_side=4)


def uniform(low, high):
    return lambda shape, seed: np.random.default_rng(seed).uniform(low, high, shape)


def distinct(shape, seed):
    """Return numbers at least 0.1 apart, and at least 0.05 from 0: no kinks, no ties."""
    order = np.random.default_rng(seed).permutation(math.prod(shape))
    return (order.reshape(shape) - order.size // 2) * 0.1 + 0.05


def between(shape, seed):
    """Return numbers halfway between those of `distinct`: pairs have no ties either."""
    return distinct(shape, seed + 1) - 0.05


anywhere, positive = uniform(-2, 2), uniform(0.5, 2)


def with_zeros(shape, seed):
    return anywhere(shape, seed) * np.random.default_rng(seed).integers(0, 3, shape).clip(max=1)


def special(shape, seed):
    return np.random.default_rng(seed).choice([0.0, 1.5, np.inf, -np.inf, np.nan], shape)


def nonzero(shape, seed):
    return positive(shape, seed) * np.random.default_rng(seed).choice([-1, 1], shape)


@st.composite
def one(draw, values=anywhere, shapes=shapes, **options):
    x = values(draw(shapes), draw(seeds))
    return (x,), {k: draw(o(x)) if callable(o) else o for k, o in options.items()}


@st.composite
def two(draw, first=anywhere, second=anywhere, **options):
    """Draw two arrays that broadcast against each other."""
    drawn = draw(
        hnp.mutually_broadcastable_shapes(num_shapes=2, max_dims=3, min_side=0, max_side=4)
    )
    seed = draw(seeds)
    arrays = first(drawn.input_shapes[0], seed), second(drawn.input_shapes[1], seed + 2)
    return arrays, {k: o(drawn.result_shape, seed) for k, o in options.items()}


@st.composite
def several(draw):
    """Draw one to three arrays whose shapes differ along `axis` alone."""
    shape = draw(with_axes)
    axis = draw(st.integers(-len(shape), len(shape) - 1))
    arrays = []
    for _ in range(draw(st.integers(1, 3))):
        shape = list(shape)
        shape[axis] = draw(st.integers(1, 4))
        arrays.append(anywhere(shape, draw(seeds)))
    return tuple(arrays), {"axis": axis}


@st.composite
def alike(draw):
    shape, seed = draw(shapes), draw(seeds)
    axis = draw(st.integers(-len(shape) - 1, len(shape)))
    return tuple(anywhere(shape, seed + i) for i in range(draw(st.integers(1, 3)))), {"axis": axis}


@st.composite
def matrices(draw):
    n, k, m = draw(st.tuples(*[st.integers(1, 4)] * 3))
    a, b = draw(
        st.sampled_from(
            [((n, k), (k, m)), ((k,), (k,)), ((n, k), (k,)), ((k,), (k, m)), ((2, n, k), (k, m)),
             ((n, k), (3, k, m)), ((2, 1, n, k), (3, k, m)), ((2, n, k), (k,)), ((k,), (2, k, m))]
        )
    )  # fmt: skip
    seed = draw(seeds)
    return (anywhere(a, seed), anywhere(b, seed + 1)), {}


@st.composite
def windows(draw, most_padding=1, most_dilation=2):
    """Draw (N, H, W, C), (kh, kw), (h, w) and options whose windows fit; pads are explicit."""
    few = st.integers(1, 2)
    size, strides = (draw(st.tuples(few, few)) for _ in range(2))
    dilation = draw(st.tuples(*[st.integers(1, most_dilation)] * 2))
    width = st.integers(0, most_padding)
    pads = draw(st.tuples(*[st.tuples(width, width)] * 2))
    counts, image = [], []
    for k, s, d, p in zip(size, strides, dilation, pads, strict=True):
        n = draw(st.integers(max(1, d * (k - 1) + 1 - sum(p)), 5))
        image.append(n)
        counts.append((n + sum(p) - d * (k - 1) - 1) // s + 1)
    shape = (draw(few), *image, draw(few))
    return (
        shape,
        size,
        tuple(counts),
        {"strides": strides, "padding": pads, "dilation_rate": dilation},
    )


@st.composite
def convolutions(draw, name):
    (n, *image, c), size, counts, options = draw(windows())
    f, seed = draw(st.integers(1, 3)), draw(seeds)
    groups = draw(st.sampled_from([1, 1, 2, 3]))
    x, kernel, y = (n, *image, c * groups), (*size, c, f * groups), (n, *counts, f * groups)
    options["groups"] = groups
    a, b, more = {
        "conv2d": (x, kernel, {}),
        "conv2d_transpose": (y, kernel, {"output_size": tuple(image)}),
        "conv2d_kernel_grad": (x, y, {"kernel_size": size}),
    }[name]
    return (anywhere(a, seed), anywhere(b, seed + 1)), {**options, **more}


@st.composite
def pooled(draw):
    shape, size, _, options = draw(windows(most_padding=0))
    return (distinct(shape, draw(seeds)),), {"pool_size": size, **options}


@st.composite
def averaged(draw):
    shape, size, _, options = draw(windows(most_padding=0, most_dilation=1))
    del options["dilation_rate"]
    if draw(st.booleans()):
        # No wider than the window: each holds a pixel at least.
        widths = [st.tuples(*[st.integers(0, k - 1)] * 2) for k in size]
        options["padding"] = tuple(draw(w) for w in widths)
    return (anywhere(shape, draw(seeds)),), {"pool_size": size, **options}


@st.composite
def resized(draw):
    few = st.integers(1, 5)
    shape = draw(st.tuples(st.integers(1, 2), few, few, st.integers(1, 3)))
    how = draw(st.sampled_from(["nearest", "bilinear"]))
    return (anywhere(shape, draw(seeds)),), {
        "size": draw(st.tuples(few, few)),
        "interpolation": how,
    }


def axes_of(x):
    """Draw no axes, some or all, or one, counted from either end."""
    several = st.sets(st.integers(0, x.ndim - 1)) if x.ndim else st.just(())
    back = [st.integers(-x.ndim, x.ndim - 1)] if x.ndim else []
    return st.one_of(st.none(), several.map(tuple), *back)


def axis_or_all(x):
    return st.one_of(st.none(), axis_of(x)) if x.ndim else st.none()


def axis_of(x):
    return st.integers(-x.ndim, x.ndim - 1)


def orders_of(x):
    """Draw the axes in any order, each counted from either end."""
    places = [st.sampled_from([i, i - x.ndim]) for i in range(x.ndim)]
    turned = st.permutations(places).flatmap(lambda order: st.tuples(*order))
    return st.one_of(turned, st.none())


def shapes_of(x):
    divisors = [n for n in range(1, x.size + 1) if x.size % n == 0]
    return st.sampled_from([(x.size,), (-1,), *((n, -1) for n in divisors), (1, *x.shape)])


def indices_into(x):
    """Draw slices, numbers, new axes and "...", masks, arrays of integers, and mixtures."""
    fancy = hnp.integer_array_indices(x.shape, result_shape=hnp.array_shapes(max_dims=2))
    masks = hnp.arrays(bool, x.shape)
    row_mask = hnp.arrays(bool, x.shape[:1])
    ends = st.integers(-x.shape[-1], x.shape[-1] - 1)
    mixed = st.tuples(st.just(...), st.lists(ends, min_size=1, max_size=3))
    new = st.tuples(row_mask, st.none(), st.just(...))
    basic = hnp.basic_indices(x.shape, allow_newaxis=True)
    return st.one_of(basic, fancy, masks, row_mask, mixed, new)


def widths_of(x):
    return st.tuples(*[st.tuples(st.integers(0, 2), st.integers(0, 2))] * x.ndim)


@st.composite
def taken(draw):
    (x,), options = draw(one(shapes=with_axes, axis=axis_of))
    shape = [draw(st.sampled_from([1, n])) for n in x.shape]
    shape[options["axis"]] = draw(st.integers(1, 4))
    top = x.shape[options["axis"]]
    rng = np.random.default_rng(draw(seeds))
    return (x,), {"indices": rng.integers(-top, top, shape), **options}


@st.composite
def taken_whole(draw):
    """Draw an array, an axis or None, and integers of any shape along it."""
    (x,), options = draw(one(shapes=with_axes, axis=axis_or_all))
    top = x.size if options["axis"] is None else x.shape[options["axis"]]
    shape = draw(hnp.array_shapes(min_dims=0, max_dims=2, min_side=0, max_side=4))
    rng = np.random.default_rng(draw(seeds))
    return (x,), {"indices": rng.integers(-top, top, shape), **options}


@st.composite
def repeated(draw):
    (x,), options = draw(one(shapes=with_axes, axis=axis_or_all))
    length = x.size if options["axis"] is None else x.shape[options["axis"]]
    each = st.lists(st.integers(0, 3), min_size=length, max_size=length)
    return (x,), {"repeats": draw(st.one_of(st.integers(0, 3), each)), **options}


@st.composite
def moved(draw):
    (x,), _ = draw(one(shapes=with_axes))
    places = st.permutations(range(x.ndim))
    count = draw(st.integers(1, x.ndim))
    chosen = [[p - x.ndim * draw(st.booleans()) for p in draw(places)[:count]] for _ in range(2)]
    if count == 1 and draw(st.booleans()):
        chosen = [c[0] for c in chosen]
    return (x,), dict(zip(("source", "destination"), chosen, strict=True))


@st.composite
def rolled(draw):
    (x,), options = draw(one(shapes=shapes, axis=axis_or_all))
    shift = draw(st.integers(-5, 5))
    if options["axis"] is not None and draw(st.booleans()):
        return (x,), {"shift": (shift, 1), "axis": (options["axis"], -1)}
    return (x,), {"shift": shift, **options}


@st.composite
def cut(draw):
    (x,), options = draw(one(shapes=with_axes, axis=axis_of))
    n = x.shape[options["axis"]]
    equal = st.sampled_from([k for k in range(1, n + 1) if n % k == 0])
    places = st.lists(st.integers(0, n), max_size=3).map(sorted)
    return (x,), {"indices_or_sections": draw(st.one_of(equal, places)), **options}


def reps_of(x):
    several = st.lists(st.integers(0, 3), min_size=0, max_size=3).map(tuple)
    return st.one_of(st.integers(0, 3), several)


def pads_of(x):
    """Draw a mode and a width for `numpy.pad`, in each of its spellings."""
    few = st.integers(0, 3)
    widths = st.one_of(few, st.tuples(few, few), widths_of(x))
    return st.one_of(
        st.fixed_dictionaries({"pad_width": widths, "constant_values": st.just(0.5)}),
        st.fixed_dictionaries(
            {"pad_width": widths, "mode": st.sampled_from(["constant", "reflect", "edge"])}
        ),
    )


@st.composite
def padded(draw):
    (x,), _ = draw(one(shapes=with_axes))
    return (x,), draw(pads_of(x))


@st.composite
def einsums(draw):
    """Draw one to three terms of four letters, some twice, and an output of those there are."""
    sizes = dict(zip("abcd", draw(st.tuples(*[st.integers(1, 3)] * 4)), strict=True))
    terms = draw(st.lists(st.text("abcd", max_size=3), min_size=1, max_size=3))
    known = sorted(set("".join(terms)))
    out = draw(st.lists(st.sampled_from(known), unique=True)) if known else []
    seed = draw(seeds)
    arrays = []
    for i, term in enumerate(terms):
        ones = {c for c in term if term.count(c) == 1 and draw(st.integers(0, 9)) == 0}
        arrays.append(anywhere([1 if c in ones else sizes[c] for c in term], seed + i))
    subscripts = ",".join(terms)
    if out != sorted(c for c in known if subscripts.count(c) == 1) or draw(st.booleans()):
        subscripts += f"->{''.join(out)}"
    return tuple(arrays), {"subscripts": subscripts}


@st.composite
def normalized(draw, name):
    """Draw images or rows of numbers, and weights for their channels or none."""
    shape = draw(hnp.array_shapes(min_dims=2, max_dims=4, min_side=2, max_side=3))
    seed, weighted = draw(seeds), draw(st.booleans())
    options, lengths, first = {"epsilon": draw(st.sampled_from([1e-3, 0.5]))}, shape[-1:], []
    if name == "batch_norm":
        options["axis"] = draw(st.integers(-len(shape), len(shape) - 1))
        lengths = (shape[options["axis"]],)
        first = [anywhere(lengths, seed + 1), positive(lengths, seed + 2)]
    elif name == "layer_norm":
        chosen = draw(st.sets(st.integers(0, len(shape) - 1), min_size=1))
        lengths = tuple(shape[i] for i in sorted(chosen))
        options["axis"] = tuple(chosen)
    else:
        options["groups"] = draw(st.sampled_from([1, shape[-1]]))
    weights = [anywhere(lengths, seed + 3), anywhere(lengths, seed + 4)] if weighted else []
    return (2 * anywhere(shape, seed), *first, *weights), options
