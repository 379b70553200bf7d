"""What is measured, and the marks that minidl aims at.

Only the standard library is imported: workers in other environments read this too.
"""

import math
from typing import NamedTuple

#: Images of a training step, of the article's CNN and of the DCGAN.
BATCH = 64

FIT_STEP = "training step through fit, batch 64"
HAND_STEP = "training step by hand, batch 64"
INFERENCE = {256: "inference, batch 256", 1: "inference, batch 1"}
EPOCH = "one epoch of fit, 8,000 digits"
DCGAN = "DCGAN step, batch 64"
ARTICLE = (FIT_STEP, HAND_STEP, *INFERENCE.values(), EPOCH)

LADDER = (
    "convolution in plain Python loops",
    "convolution in NumPy",
    "convolution in Numba",
    "convolution, bias, ReLU, max-pool in Numba, one by one",
    "convolution, bias, ReLU, max-pool in Numba, fused",
)

MINIDL = "minidl"
PYTORCH = "PyTorch"
TUNED = "PyTorch, allocator tuned"
KERAS = "Keras"
JAX = "JAX"
MYGRAD = "MyGrad"


class Operation(NamedTuple):
    """An operation on float32 images of `shape` (N, H, W, C), with `filters` channels out.

    `kind` is "conv" (3 × 3, same), "transposed" (4 × 4, stride 2, same) or "pool" (2 × 2).
    The backward pass gives the gradients of images and kernel.
    """

    kind: str
    shape: tuple
    filters: int
    backward: bool = True

    @property
    def name(self):
        """What the case is called."""
        images = f"({','.join(map(str, self.shape))})"
        what = {
            "conv": f"conv 3 × 3 {images} → {self.filters}",
            "transposed": f"transposed conv 4 × 4 stride 2 {images} → {self.filters}",
            "pool": f"max-pool 2 × 2 {images}",
        }[self.kind]
        return f"{what}, {'forward + backward' if self.backward else 'forward'}"

    @property
    def out_shape(self):
        """The shape (N, h, w, filters) that comes out."""
        batch, height, width, _ = self.shape
        scale = {"conv": 1, "transposed": 2, "pool": 0.5}[self.kind]
        return (batch, int(height * scale), int(width * scale), self.filters)

    @property
    def kernel_size(self):
        """Height and width of the window, which is a square."""
        return {"conv": 3, "transposed": 4, "pool": 2}[self.kind]

    @property
    def flops(self):
        """Additions, multiplications and comparisons; a direct convolution's."""
        if self.kind == "pool":
            return math.prod(self.out_shape) * (4 if self.backward else 3)
        windows = self.out_shape if self.kind == "conv" else self.shape
        multiply_adds = math.prod(windows[:3]) * self._kernel
        return 2 * multiply_adds * (3 if self.backward else 1)

    @property
    def traffic(self):
        """Bytes that each pass must move at least: every array read or written once."""
        images, out = math.prod(self.shape), math.prod(self.out_shape)
        if self.kind == "pool":
            return 4 * (images + out) * (2 if self.backward else 1)
        return 4 * (images + out + self._kernel) * (3 if self.backward else 1)

    @property
    def _kernel(self):
        return self.kernel_size**2 * self.shape[3] * self.filters


_SIZES = (
    ("conv", (64, 28, 28, 1), 32),
    ("conv", (64, 14, 14, 32), 64),
    ("conv", (32, 32, 32, 64), 64),
    ("conv", (8, 56, 56, 64), 128),
    ("transposed", (64, 7, 7, 128), 64),
    ("pool", (64, 28, 28, 32), 32),
)
OPERATIONS = tuple(Operation(*size, backward) for size in _SIZES for backward in (False, True))

#: Convolutions to draw against the batch size, the image size and the channels.
SCALING = {
    "batch size": {n: Operation("conv", (n, 28, 28, 32), 32) for n in (1, 2, 4, 8, 16, 32, 64)},
    "image size": {n: Operation("conv", (16, n, n, 32), 32) for n in (7, 14, 28, 56, 112)},
    "channels": {n: Operation("conv", (16, 28, 28, n), n) for n in (4, 8, 16, 32, 64, 128)},
}

#: All operations by their names.
BY_NAME = {operation.name: operation for operation in OPERATIONS} | {
    operation.name: operation for sweep in SCALING.values() for operation in sweep.values()
}

GROUPS = {
    "The article's CNN": ARTICLE,
    "Operations": tuple(operation.name for operation in OPERATIONS),
    "A generative network": (DCGAN,),
    "From plain loops to fused kernels": LADDER,
    "Scaling": tuple(
        dict.fromkeys(operation.name for sweep in SCALING.values() for operation in sweep.values())
    ),
}


class Mark(NamedTuple):
    """How many times as fast as the fastest of `against` minidl shall be in a case."""

    case: str
    at_least: float
    against: tuple


_EITHER = (PYTORCH, TUNED)
_ANY = (*_EITHER, KERAS, JAX)
_BACKWARD = [operation.name for operation in OPERATIONS if operation.backward]
MARKS = (
    Mark(FIT_STEP, 2.0, _ANY),
    Mark(HAND_STEP, 1.4, _EITHER),
    Mark(INFERENCE[256], 1.5, _ANY),
    Mark(INFERENCE[1], 1.2, _ANY),
    *(
        Mark(name, ratio, _EITHER)
        for name, ratio in zip(_BACKWARD, (2.0, 1.0, 1.0, 1.0, 1.0, 2.0), strict=True)
    ),
    Mark(FIT_STEP, 60.0, (MYGRAD,)),
)
