"""Write torch_*.safetensors and torch_weights.npz: networks of PyTorch with random weights, in use.

``python tests/reference/make_torch_weights.py`` needs ``pip install torch safetensors``. With
``--check FOLDER`` it reads instead what ``tests/reference/write_torch_weights.py FOLDER`` wrote, by
``load_state_dict``, and compares what PyTorch then computes with what minidl did.
"""

import pathlib
import sys

import numpy as np
import safetensors
import torch
from safetensors.torch import load_file, save_file
from torch_models import torch_networks

HERE = pathlib.Path(__file__).parent


def fill(network, generator):
    state = network.state_dict()
    for name, tensor in state.items():
        if tensor.is_floating_point():
            tensor.copy_(torch.randn(tensor.shape, generator=generator) * 0.3)
            if name.endswith("running_var"):
                tensor.abs_()
    network.load_state_dict(state)
    return network.eval()


@torch.no_grad()
def main():
    generator = torch.Generator().manual_seed(0)
    versions = [f"torch {torch.__version__}", f"safetensors {safetensors.__version__}"]
    out = {"versions": np.array(versions)}
    for name, (network, shape) in torch_networks(torch.nn).items():
        fill(network, generator)
        x = torch.randn((2, *shape), generator=generator)
        save_file(network.state_dict(), HERE / f"torch_{name}.safetensors")
        # Channels last, as minidl has them.
        order = (0, 2, 3, 1) if x.ndim == 4 else (0, 1)
        out |= {f"{name}/x": x.permute(order).numpy(), f"{name}/y": network(x).numpy()}
    np.savez_compressed(HERE / "torch_weights.npz", **out)


@torch.no_grad()
def check(folder):
    ours = np.load(folder / "outputs.npz")
    for name, (network, _) in torch_networks(torch.nn).items():
        network.load_state_dict(load_file(folder / f"{name}.safetensors"))
        x = torch.from_numpy(ours[f"{name}/x"])
        y = network.eval()(x.permute(0, 3, 1, 2) if x.ndim == 4 else x).numpy()
        error = np.abs(y - ours[f"{name}/y"]).max() / np.abs(y).max()
        print(f"{name}: PyTorch {torch.__version__} differs by {error:.1e} of the largest number")
        assert error < 1e-5


if __name__ == "__main__":
    if sys.argv[1:2] == ["--check"]:
        check(pathlib.Path(sys.argv[2]))
    else:
        main()
