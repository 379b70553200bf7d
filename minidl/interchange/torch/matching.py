"""Which module of a state dict is which layer: by given names, by equal names, or by order."""

import itertools
import re

from minidl.runtime import checks


def match(wanted, state, names, ordered):
    """Return {path: prefix} for all modules of a model.

    Parameters
    ----------
    wanted : dict
        Of `modules`: {path: {tensor: Stored}}.
    state : dict
        {prefix: {tensor: array}}.
    names : dict
        Prefixes that are known already, by path.
    ordered : bool
        Whether `state` is in the order of the network. A file is not: it is sorted.

    Raises
    ------
    ValueError
        If a module is missing, is left over, or may be one of several.
    """
    check_names(names, wanted)
    found = {path: str(prefix) for path, prefix in names.items()}
    for path, prefix in found.items():
        if prefix not in state:
            raise checks.unknown_name(f"module of layer '{path}'", prefix, state)
    missing = [path for path in wanted if path not in found]
    left = [prefix for prefix in state if prefix not in found.values()]
    if {path.replace("/", ".") for path in missing} == set(left):
        return found | {path: path.replace("/", ".") for path in missing}
    for shape in dict.fromkeys(signature(wanted[path]) for path in missing):
        paths = [path for path in missing if signature(wanted[path]) == shape]
        prefixes = [prefix for prefix in left if signature(state[prefix]) == shape]
        if len(prefixes) < len(paths):
            known = {signature(wanted[path]) for path in missing}
            strange = [prefix for prefix in left if signature(state[prefix]) not in known]
            raise ValueError(_nothing_fits(paths[len(prefixes)], wanted, strange, state))
        if len(prefixes) == len(paths):
            found |= zip(paths, _in_order(prefixes, paths, ordered), strict=True)
    over = [prefix for prefix in left if prefix not in found.values()]
    if over:
        raise ValueError(
            f"the state dict holds '{over[0]}' ({described(state[over[0]])}), for which the model "
            "has no layer"
        )
    return found


def check_names(names, wanted):
    """Refuse names of what is no module of the model."""
    for path in names:
        if path not in wanted:
            raise checks.unknown_name("layer in names", path, wanted)


def signature(tensors):
    """Return what tells modules apart: their tensors' names and shapes."""
    return frozenset((name, tuple(tensor.shape)) for name, tensor in tensors.items())


def described(tensors):
    """Return a module's tensors as text."""
    return ", ".join(f"{name} {tuple(tensor.shape)}" for name, tensor in tensors.items())


def _nothing_fits(path, wanted, strange, state):
    left = f"; '{strange[0]}' has {described(state[strange[0]])}" if strange else ""
    return (
        f"layer '{path}' needs {described(wanted[path])}, which no module left in the state dict "
        f"has{left}"
    )


def _in_order(prefixes, paths, ordered):
    """Return the prefixes in the order of the network."""
    if ordered:
        return prefixes
    prefixes = sorted(prefixes, key=_pieces)
    for one, other in itertools.pairwise(prefixes):
        if not _numbered_apart(one, other):
            raise ValueError(
                f"either of '{one}' and '{other}' may be layer '{paths[0]}': a file keeps names, "
                f"not their order; say which, as names={{'{paths[0]}': '{one}', …}}, or give the "
                "state dict itself"
            )
    return prefixes


def _pieces(name):
    """Return text and numbers by turns: 'conv10.a' is ('conv', 10, '.a')."""
    pieces = re.split(r"(\d+)", name)
    return tuple(int(p) if i % 2 else p for i, p in enumerate(pieces))


def _numbered_apart(one, other):
    """Whether two names first differ in a number."""
    for i, (a, b) in enumerate(zip(_pieces(one), _pieces(other), strict=False)):
        if a != b:
            return i % 2 == 1
    return False
