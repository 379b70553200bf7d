import numpy as np
import pytest

import minidl
from minidl import layers
from minidl.models.summary import step_costs


def test_layers_are_built_at_once_when_the_shape_is_known():
    given = minidl.Sequential([layers.Input((5,)), layers.Dense(3), layers.Dense(2)])
    assert [w.shape for w in given.get_weights()] == [(5, 3), (3,), (3, 2), (2,)]
    later = minidl.Sequential([layers.Dense(3)])
    assert later.get_weights() == []
    assert later(np.ones((2, 5))).shape == (2, 3)
    assert len(later.get_weights()) == 2


def test_add_is_the_same_as_the_list():
    model = minidl.Sequential()
    model.add(layers.Input((5,)))
    model.add(layers.Dense(3))
    assert model(np.ones((2, 5))).shape == (2, 3)
    assert len(model.layers) == 1


def test_predict_is_the_call_in_batches():
    model = minidl.Sequential([layers.Input((5,)), layers.Dense(3, activation="softmax")])
    x = np.random.default_rng(0).normal(size=(70, 5)).astype(np.float32)
    np.testing.assert_allclose(model.predict(x), model(x).data, rtol=1e-6)
    assert isinstance(model.predict_on_batch(x), np.ndarray)


def test_every_size_that_does_not_fit_is_found_when_the_model_is_made():
    with pytest.raises(
        ValueError, match=r"layer 'c'.*5 × 5 window does not fit in the 4 × 4 image"
    ):
        minidl.Sequential([layers.Conv2D(2, 5, name="c", input_shape=(4, 4, 1))])
    with pytest.raises(ValueError, match=r"needs 4 axes \(N, H, W, C\)"):
        minidl.Sequential([layers.Conv2D(2, 3, input_shape=(28, 28))])


def test_what_is_no_layer_is_refused():
    with pytest.raises(TypeError, match="needs layers, got the class Flatten"):
        minidl.Sequential([layers.Flatten])
    with pytest.raises(TypeError, match="needs layers, got 3"):
        minidl.Sequential([layers.Flatten(), 3])


def test_names_are_unique_in_a_model():
    with pytest.raises(ValueError, match="already; names are unique"):
        minidl.Sequential([layers.Dense(2, name="a"), layers.Dense(2, name="a")])


def test_an_empty_model_says_so():
    with pytest.raises(ValueError, match="the model has no layers"):
        minidl.Sequential()(np.ones((1, 2)))


def test_summary_shows_shapes_parameters_and_costs(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "120")
    model = minidl.applications.article_cnn()
    model.summary()
    out = capsys.readouterr().out
    for text in ("(N, 26, 26, 32)", "692,352", "389,376", "693,962", "GFLOP", "MB"):
        assert text in out


def test_the_flops_of_a_step_are_those_of_its_products():
    model = minidl.applications.article_cnn()
    n = 64
    convolution = 2 * 26 * 26 * 32 * 9
    dense, last = 2 * 5408 * 128, 2 * 128 * 10
    pool = 4 * 13 * 13 * 32
    expected = n * (2 * convolution + 2 * pool + 3 * dense + 3 * last)
    assert step_costs(model, n)["flops"] == expected


@pytest.mark.parametrize("fusion", [False, True])
@pytest.mark.parametrize("batch", [1, 16])
def test_the_memory_of_a_step_is_what_the_graph_holds(batch, fusion, monkeypatch):
    monkeypatch.setattr(minidl.config, "fusion", fusion)
    model = minidl.applications.article_cnn((12, 11, 2), 3)
    model.compile("adam", "sparse_categorical_crossentropy")
    x = np.ones((batch, 12, 11, 2), np.float32)
    output = model(x, training=True)
    held, waiting, seen = {id(x): x.nbytes}, [output], set()
    while waiting:
        node = waiting.pop()._node
        if node is None or id(node) in seen:
            continue
        seen.add(id(node))
        if node.primitive.name != "reshape":
            held[id(node.output)] = node.output.nbytes
        if "residuals" in node.kwargs:
            held[id(node.kwargs["residuals"])] = node.kwargs["residuals"][0].nbytes
        waiting.extend(node.args[i] for i in node.tracked)
    weights = sum(w.nbytes for w in model.get_weights())
    # Weights, their gradients, and Adam's two moments.
    found = sum(held.values()) + 4 * weights
    stated = step_costs(model, batch)["bytes"]
    assert found < stated if fusion else found == stated


def test_summary_before_the_shape_is_known_says_what_to_do():
    with pytest.raises(RuntimeError, match=r"begin the model with layers\.Input"):
        minidl.Sequential([layers.Dense(2)]).summary()
