"""Values on the pipe between the grader and a learner's process: JSON, and arrays' raw bytes.

Nothing is pickled: what comes from a learner's process is None, bool, int, float, str, lists,
tuples and dicts of these, arrays of numbers, and the numbers of objects that stay there. This
module knows nothing of minidl, and runs in both processes.
"""

import json
import struct

import numpy as np

KINDS = "biuf"  # of dtypes: truth values, whole and real numbers
MOST = 64 * 2**20  # bytes in one message
PLAIN = (bool, int, float, str)


def encode(message, buffers=()):
    """Return a message as bytes: a dict of what `pack` returns, and the buffers it filled."""
    head = json.dumps({**message, "sizes": [len(buffer) for buffer in buffers]}).encode()
    if len(head) + sum(map(len, buffers)) > MOST:
        raise ValueError("the answer is too large")
    return b"".join([struct.pack(">Q", len(head)), head, *buffers])


def receive(stream):
    """Read a message that `encode` made; EOFError if the other side has gone."""
    (size,) = struct.unpack(">Q", _exactly(stream, 8))
    message = json.loads(_exactly(stream, size))
    sizes = message.pop("sizes")
    if sum(sizes) > MOST:
        raise EOFError
    message["buffers"] = [_exactly(stream, each) for each in sizes]
    return message


def _exactly(stream, size):
    data = stream.read(size) if size <= MOST else b""
    if len(data) != size:
        raise EOFError
    return data


def pack(value, buffers, other):
    """Return `value` as JSON knows it, adding arrays' bytes to the list `buffers`.

    What is not a plain value goes through `other`, which returns a dict with a key "type".
    """
    if value is None or type(value) in PLAIN:
        return value
    if isinstance(value, np.generic | np.ndarray) and value.dtype.kind in KINDS:
        plain = np.asarray(value)  # whatever a subclass makes of its attributes
        buffers.append(plain.tobytes())
        return {
            "type": "array" if isinstance(value, np.ndarray) else "scalar",
            "dtype": plain.dtype.str,
            "shape": plain.shape,
            "buffer": len(buffers) - 1,
        }
    if type(value) in (list, tuple):
        return {
            "type": type(value).__name__,
            "items": [pack(item, buffers, other) for item in value],
        }
    if type(value) is dict:
        return {
            "type": "dict",
            "items": [[pack(part, buffers, other) for part in item] for item in value.items()],
        }
    return other(value)


def unpack(packed, buffers, other):
    """Return what `pack` was given; its `other` is undone by this `other`."""
    if not isinstance(packed, dict):
        return packed
    kind = packed["type"]
    if kind in ("array", "scalar"):
        dtype = np.dtype(packed["dtype"])
        if dtype.kind not in KINDS:
            raise ValueError(f"no array of {dtype} comes over the pipe")
        flat = np.frombuffer(buffers[packed["buffer"]], dtype)
        array = flat.reshape(packed["shape"]).copy()
        return array if kind == "array" else array[()]
    if kind in ("list", "tuple"):
        items = [unpack(item, buffers, other) for item in packed["items"]]
        return items if kind == "list" else tuple(items)
    if kind == "dict":
        return {
            unpack(key, buffers, other): unpack(value, buffers, other)
            for key, value in packed["items"]
        }
    return other(packed)
