"""Sums of products, spelt with a letter an axis."""

import string

import numpy as np

from minidl.autograd import primitive
from minidl.ops.arithmetic import unbroadcast
from minidl.ops.composing import composed
from minidl.runtime import blas


@composed
def einsum(subscripts, *operands):
    """Return the sum of products that `subscripts` spell out, as `numpy.einsum` does.

    One letter stands for one axis; letters missing from the output are summed over; a
    letter twice in one operand is its diagonal; "..." stands for axes without a letter.

    Parameters
    ----------
    subscripts : str
        For example "ij,jk->ik"; without an arrow, letters that appear once come out, in
        alphabetical order.
    *operands : arrays or Tensors

    >>> einsum("ij,j->i", np.array([[1, 2], [3, 4]]), np.array([1, 10]))
    array([21, 43])
    """
    if not isinstance(subscripts, str):
        raise TypeError(f"subscripts need a string, got {subscripts!r}")
    terms, out = _spell_out(subscripts, [np.ndim(x) for x in operands])
    return _einsum(*operands, terms=terms, out=out)


@primitive
def _einsum(*operands, terms, out):
    with blas.single_threaded():
        return np.einsum(f"{','.join(terms)}->{out}", *operands, optimize=True)


def _by_operand(i, g, y, *operands, terms, out):
    """Return the gradient by operand i: the same sum, with g in the operand's place.

    An axis that g and the others do not have is one of ones, since it was summed over; a
    letter that stands twice, the diagonal, is a product with the identity matrix.
    """
    sizes = {}
    for x, letters in zip(operands, terms, strict=True):
        for letter, n in zip(letters, np.shape(x), strict=True):
            sizes[letter] = n if sizes.get(letter, 1) == 1 else sizes[letter]
    factors = [
        (g, out),
        *((x, t) for j, (x, t) in enumerate(zip(operands, terms, strict=True)) if j != i),
    ]
    present = {
        letter
        for x, letters in factors
        for letter, n in zip(letters, np.shape(x), strict=True)
        if n == sizes[letter]
    }
    spare = (c for c in string.ascii_letters if c not in {*"".join(terms), *out})
    wanted = ""
    for letter in terms[i]:
        if letter in wanted:
            twin = next(spare)
            factors.append((np.eye(sizes[letter], dtype=g.dtype), letter + twin))
            letter = twin
        elif letter not in present:
            factors.append((np.ones(sizes[letter], g.dtype), letter))
        wanted += letter
    arrays, letters = zip(*factors, strict=True)
    return unbroadcast(_einsum(*arrays, terms=letters, out=wanted), operands[i])


_einsum.def_vjps(every=_by_operand)


def _spell_out(subscripts, ndims):
    """Return a string of letters for each operand and one for the output."""
    left, arrow, out = subscripts.replace(" ", "").partition("->")
    terms = left.split(",")
    if len(terms) != len(ndims):
        raise ValueError(f"{subscripts!r} is for {len(terms)} operands, got {len(ndims)}")
    spare = [c for c in string.ascii_letters if c not in subscripts]
    unnamed = ""
    for k, (term, ndim) in enumerate(zip(terms, ndims, strict=True)):
        before, dots, after = term.partition("...")
        missing = ndim - len(before + after)
        if missing < 0 or (missing and not dots):
            raise ValueError(f"{term!r} in {subscripts!r} does not fit an operand of {ndim} axes")
        rest = "".join(spare[:missing][::-1])
        unnamed = max(unnamed, rest, key=len)
        terms[k] = before + rest + after
    if arrow:
        out = out.replace("...", unnamed)
    else:
        letters = "".join(terms)
        once = (c for c in sorted(set(letters)) if letters.count(c) == 1 and c not in unnamed)
        out = unnamed + "".join(once)
    known = set("".join(terms))
    for letter in known | set(out):
        if letter not in string.ascii_letters:
            raise ValueError(f"{subscripts!r} needs letters, got {letter!r}")
    if not set(out) <= known or len(set(out)) < len(out):
        raise ValueError(f"the output of {subscripts!r} needs letters of the inputs, each once")
    return tuple(terms), out
