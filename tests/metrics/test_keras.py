"""Every metric is Keras's, over two batches, without and with weights; see make_keras_losses.py."""

import json
import pathlib

import numpy as np
import pytest

from minidl import metrics

REFERENCE = pathlib.Path(__file__).parents[1] / "reference"
GOLDEN = np.load(REFERENCE / "keras_losses.npz")
CASES = json.loads((REFERENCE / "cases.json").read_text())["metrics"]
#: Keras adds 1e-7 to these denominators; minidl does not.
INEXACT = {"F1Score": 1e-6, "MeanIoU": 1e-6}


#: "metrics/KEY/plain" or ".../weighted": the latter only where Keras does not broadcast the
#: weights along the last axis.
WAYS = sorted(name for name in GOLDEN if name.startswith("metrics/"))


def test_every_case_has_its_outputs():
    assert {way.split("/")[1] for way in WAYS} == set(CASES)


@pytest.mark.parametrize("way", WAYS)
def test_metrics_are_keras(way):
    _, key, how = way.split("/")
    name, config, which = CASES[key]
    y_true, y_pred = GOLDEN[f"inputs/{which}/y_true"], GOLDEN[f"inputs/{which}/y_pred"]
    weights = GOLDEN["weights"] if how == "weighted" else None
    if weights is not None and name == "MeanIoU":
        weights = np.ceil(weights)
    metric = getattr(metrics, name)(**config)
    for part in (slice(7), slice(7, None)):
        metric.update_state(y_true[part], y_pred[part], None if weights is None else weights[part])
    expected = GOLDEN[way]
    np.testing.assert_allclose(
        metric.result(), expected, rtol=INEXACT.get(name, 1e-10), atol=INEXACT.get(name, 0)
    )
    assert metric.name == getattr(metrics, name)(**metric.get_config()).name
