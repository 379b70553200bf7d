"""Every loss is Keras's, for each example, in the mean, and weighted; see make_keras_losses.py."""

import json
import pathlib

import numpy as np
import pytest

from minidl import losses

REFERENCE = pathlib.Path(__file__).parents[1] / "reference"
GOLDEN = np.load(REFERENCE / "keras_losses.npz")
CASES = json.loads((REFERENCE / "cases.json").read_text())["losses"]


@pytest.mark.parametrize("key", CASES)
def test_losses_are_keras(key):
    name, config, which = CASES[key]
    y_true, y_pred = GOLDEN[f"inputs/{which}/y_true"], GOLDEN[f"inputs/{which}/y_pred"]
    loss = getattr(losses, name)(**config)
    each = np.asarray(loss.function(y_true, y_pred))
    np.testing.assert_allclose(each, GOLDEN[f"losses/{key}/each"], rtol=1e-10, atol=1e-14)
    mean = loss(y_true, y_pred).item()
    np.testing.assert_allclose(mean, GOLDEN[f"losses/{key}/mean"], rtol=1e-10)
    if f"losses/{key}/weighted" in GOLDEN:
        weighted = loss(y_true, y_pred, GOLDEN["weights"]).item()
        np.testing.assert_allclose(weighted, GOLDEN[f"losses/{key}/weighted"], rtol=1e-10)


@pytest.mark.parametrize("key", CASES)
def test_losses_in_float32_lose_few_digits(key):
    name, config, which = CASES[key]
    y_true, y_pred = GOLDEN[f"inputs/{which}/y_true"], GOLDEN[f"inputs/{which}/y_pred"]
    found = getattr(losses, name)(**config)(y_true, y_pred.astype(np.float32))
    assert found.dtype == np.float32
    # A probability of 1 is held at 1 − 1e-7, which float32 rounds: log(1 − p) is off by 1 %.
    rtol = 1e-2 if which == "binary" else 2e-5
    np.testing.assert_allclose(found.item(), GOLDEN[f"losses/{key}/mean"], rtol=rtol)
