"""Export to ONNX: what ONNX Runtime computes is what minidl computes."""

import sys

import numpy as np
import onnx
import pytest
from hypothesis import given
from random_models import OF_ALL, OF_IMAGES, OTHERS, fill, models

import minidl
from minidl import Input, Model, Sequential, interchange, layers, ops
from minidl.interchange.onnx import MAPPINGS

RNG = np.random.default_rng(0)
IMAGES = RNG.normal(size=(3, 8, 7, 4)).astype(np.float32)


def compute(model, arrays):
    """Return the outputs by ONNX Runtime, or where that is missing by ONNX's reference."""
    names = [each.name for each in model.graph.input]
    given = dict(zip(names, arrays, strict=True))
    try:
        import onnxruntime
    except ImportError:
        from onnx.reference import ReferenceEvaluator

        return ReferenceEvaluator(model).run(None, given)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(model.SerializeToString(), options)
    return session.run(None, given)


def check(model, arrays):
    """Compare with ONNX Runtime, to 1e-5 of the largest number; return the ONNX model."""
    exported = interchange.to_onnx(model)
    found = compute(exported, arrays)
    expected = model.predict_on_batch(arrays if model.takes_several else arrays[0])
    expected = expected if isinstance(expected, list) else [expected]
    for f, e in zip(found, expected, strict=True):
        assert f.shape == e.shape
        np.testing.assert_allclose(f, e, rtol=0, atol=1e-5 * max(np.abs(e).max(), 0.1))
    return exported


def nodes(model):
    return [node.op_type for node in model.graph.node]


@given(models())
def test_random_models(drawn):
    check(*drawn)


def test_every_public_layer_has_a_mapping_and_is_drawn():
    kinds = {
        name
        for name in layers.__all__
        if isinstance(getattr(layers, name), type) and name != "Layer"
    }
    assert {kind.__name__ for kind in MAPPINGS} == kinds
    assert OF_ALL.keys() | OF_IMAGES.keys() | OTHERS == kinds


@pytest.mark.parametrize("name", sorted(minidl.activations._BY_NAME))
@pytest.mark.parametrize("x", [IMAGES * 5, IMAGES[:, 0, 0]], ids=["images", "features"])
def test_activations(name, x):
    conv = [layers.Conv2D(4, 1)] if x.ndim == 4 else []  # then they work channels first
    model = Sequential([Input(x.shape[1:]), *conv, layers.Activation(name)])
    check(model, [x])


def test_the_approximate_gelu():
    check(Sequential([Input((4,)), layers.Dense(3, activation=ops.gelu)]), [IMAGES[:, 0, 0]])


def test_a_row_of_image_layers_has_transposes_at_its_ends_only():
    row = [layers.Conv2D(6, 3, activation="relu"), layers.BatchNormalization()]
    row += [layers.MaxPooling2D(), layers.ZeroPadding2D(), layers.ReLU(), layers.UpSampling2D()]
    row += [layers.Cropping2D(1), layers.LayerNormalization(), layers.Dropout(0.5)]
    row += [layers.Conv2D(3, 1, activation="softmax")]
    model = Sequential([Input((8, 7, 4)), *row])
    kinds = nodes(check(model, [IMAGES]))
    assert kinds.count("Transpose") == 2
    assert kinds[0] == kinds[-1] == "Transpose"


def test_branches_of_images_share_the_transpose():
    x = Input((8, 7, 4))
    a, b = layers.Conv2D(4, 3, padding="same")(x), layers.Conv2D(4, 1)(x)
    y = layers.Add()([a, b, x])
    kinds = nodes(check(Model(x, layers.GlobalMaxPooling2D()(y)), [IMAGES]))
    assert kinds.count("Transpose") == 1


def test_names_are_those_of_layers_and_inputs():
    inner = Sequential([Input((8, 7, 4)), layers.Conv2D(2, 3, name="conv")], name="encoder")
    image = Input((8, 7, 4), name="image")
    y = layers.Flatten()(inner(image))
    model = Model([image], [layers.Dense(3, name="logits")(y), layers.Dense(2, name="other")(y)])
    exported = check(model, [IMAGES])
    graph = exported.graph
    assert [each.name for each in graph.input] == ["image"]
    assert [each.name for each in graph.output] == ["logits", "other"]
    assert {"encoder/conv/Conv", "logits/Gemm"} <= {node.name for node in graph.node}
    assert {"encoder/conv/kernel", "logits/bias"} <= {each.name for each in graph.initializer}
    shape = graph.input[0].type.tensor_type.shape.dim
    assert shape[0].dim_param == "N"
    assert [d.dim_value for d in shape[1:]] == [8, 7, 4]


def test_a_shared_layer_has_its_weights_once():
    a, b = Input((5,)), Input((5,))
    shared = layers.Dense(3, name="shared")
    model = Model([a, b], layers.Concatenate()([shared(a), shared(b)]))
    exported = check(model, list(RNG.normal(size=(2, 4, 5)).astype(np.float32)))
    assert sorted(each.name for each in exported.graph.initializer) == [
        "shared/bias",
        "shared/kernel",
    ]


def test_an_input_may_be_an_output_and_an_output_may_be_there_twice():
    x = Input((5,))
    y = layers.Activation("linear")(layers.Dense(2)(x))
    check(Model([x], [x, y, y, y.inputs[0]]), [RNG.normal(size=(2, 5)).astype(np.float32)])


def test_float64_is_exported_as_float32():
    model = Sequential([layers.Conv2D(3, 3, dtype="float64", input_shape=(8, 7, 4))])
    check(model, [IMAGES])


def test_the_file_is_whole_or_not_there(tmp_path, monkeypatch):
    model = Sequential([Input((4,)), layers.Dense(3)])
    path = tmp_path / "m.onnx"
    model.export(path)
    onnx.checker.check_model(onnx.load(path), full_check=True)
    before = path.read_bytes()
    fill(model, RNG)
    monkeypatch.setattr("os.fsync", lambda _: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        model.export(path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


class Mine(layers.Layer):
    def call(self, x, training=False):
        return x * 2.0


class MyDense(layers.Dense):
    def call(self, x, training=False):
        return super().call(x) + 1.0


class Net(minidl.Model):
    def call(self, x, training=False):
        return x


def halved(x):
    return x / 2


@pytest.mark.parametrize(
    ("layer", "message"),
    [
        (Mine(name="mine"), "export: layer 'mine' is of the class Mine, which has no mapping"),
        (MyDense(2, name="d"), "layer 'd' is of the class MyDense, which has no mapping"),
        (Net(name="net"), "layer 'net' is of the class Net, which has no mapping"),
        (layers.Dense(2, halved, name="d"), "layer 'd' has the activation 'halved', which has no"),
    ],
)
def test_what_has_no_mapping_is_refused_by_name_and_nothing_is_written(layer, message, tmp_path):
    model = Sequential([Input((4,)), layers.Dense(3), layer])
    with pytest.raises(ValueError, match=message) as error:
        model.export(tmp_path / "m.onnx")
    assert "\n" not in str(error.value)
    assert not list(tmp_path.iterdir())


def test_models_that_are_not_known_or_not_built_are_refused(tmp_path):
    net = Net(name="net")
    net(np.ones((1, 3)))
    with pytest.raises(ValueError, match="'net' is of a class of its own, Net"):
        net.export(tmp_path / "m.onnx")
    with pytest.raises(ValueError, match="is not built yet; say its input_shape"):
        Sequential([layers.Dense(3)]).export(tmp_path / "m.onnx")
    with pytest.raises(ValueError, match="unknown export: format 'tf'"):
        net.export(tmp_path / "m", format="tf")


def test_a_missing_package_is_a_line_that_names_the_extra(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "onnx", None)
    message = r"^export to ONNX needs onnx: pip install 'minidl\[onnx\]'$"
    with pytest.raises(RuntimeError, match=message):
        Sequential([Input((4,)), layers.Dense(3)]).export(tmp_path / "m.onnx")
