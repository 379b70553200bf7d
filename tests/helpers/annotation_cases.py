"""Annotations of every kind, for the tests of every format."""

import numpy as np
from hypothesis import strategies as st

from minidl.data.annotations import AnnotatedImage, Annotations, Box, Mask, Polygon, Tag

LETTERS = st.characters(exclude_categories=("Cc", "Cs", "Cn", "Zl", "Zp"))
NAMES = st.text(LETTERS, min_size=1, max_size=6).filter(lambda t: t == t.strip())
STEMS = st.text("abcXYZ019 _-é猫", min_size=1, max_size=6).filter(lambda t: t == t.strip())
ANNOTATORS = st.none() | NAMES


def inside(most):
    """Places from 0 to `most`, in quarters of a pixel: sums of them are exact."""
    return st.integers(0, 4 * most).map(lambda n: n / 4)


@st.composite
def boxes(draw, classes, width, height):
    left, right = sorted(draw(st.lists(inside(width), min_size=2, max_size=2, unique=True)))
    top, bottom = sorted(draw(st.lists(inside(height), min_size=2, max_size=2, unique=True)))
    label, who = draw(st.sampled_from(classes)), draw(ANNOTATORS)
    return Box(label, left, top, right - left, bottom - top, who)


@st.composite
def polygons(draw, classes, width, height, most_parts=2):
    corner = st.tuples(inside(width), inside(height))
    part = st.lists(corner, min_size=3, max_size=5).map(tuple).filter(_has_area)
    parts = draw(st.lists(part, min_size=1, max_size=most_parts))
    return Polygon(draw(st.sampled_from(classes)), tuple(parts), draw(ANNOTATORS))


def _has_area(part):
    return all(len(set(values)) > 1 for values in zip(*part, strict=True))


@st.composite
def masks(draw, classes, width, height):
    pixels = np.random.default_rng(draw(st.integers(0, 99))).random((height, width)) < 0.5
    pixels[draw(st.integers(0, height - 1)), draw(st.integers(0, width - 1))] = True
    return Mask.of(draw(st.sampled_from(classes)), pixels, draw(ANNOTATORS))


@st.composite
def images(draw, path, classes, kinds, sized):
    width, height = draw(st.integers(1, 12)), draw(st.integers(1, 12))
    makers = {
        Tag: st.builds(Tag, st.sampled_from(classes), ANNOTATORS),
        Box: boxes(classes, width, height),
        Polygon: polygons(classes, width, height),
        Mask: masks(classes, width, height),
    }
    shapes = st.lists(st.one_of([makers[kind] for kind in kinds]), max_size=3, unique=True)
    known = sized or draw(st.booleans())
    found = draw(shapes)
    if not known:
        width = height = None
        found = [shape for shape in found if not isinstance(shape, Mask)]
    return AnnotatedImage(path, width, height, found)


@st.composite
def annotations(draw, kinds=(Tag, Box, Polygon, Mask), sized=False, suffixes=(".png", ".jpg")):
    classes = draw(st.lists(NAMES, min_size=1, max_size=4, unique=True))
    stems = draw(st.lists(STEMS, max_size=2, unique_by=str.lower))
    folders = st.sampled_from(["", "in/", "in/ner/"])
    paths = [draw(folders) + stem + draw(st.sampled_from(suffixes)) for stem in stems]
    return Annotations(classes, [draw(images(path, classes, kinds, sized)) for path in paths])


def close(shape, other):
    """Whether two shapes are equal up to rounding."""
    return (
        type(shape) is type(other)
        and (shape.label, shape.annotator) == (other.label, other.annotator)
        and np.allclose(_numbers(shape), _numbers(other), rtol=0, atol=1e-9)
    )


def _numbers(shape):
    if isinstance(shape, Box):
        return [shape.x, shape.y, shape.width, shape.height]
    return [value for part in shape.parts for corner in part for value in corner]


def said(problems):
    """Return the problems as one text, a line each."""
    return "\n".join(map(str, problems))
