"""minidl: deep learning for images from two formulas, in NumPy and Numba."""

from minidl import ops
from minidl.autograd import Tensor, grad, no_grad
from minidl.gradcheck import check_grads
from minidl.runtime.random import set_random_seed
from minidl.runtime.threads import get_num_threads, set_num_threads

__version__ = "0.1.0"
