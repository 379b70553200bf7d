import json

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

import minidl
from minidl import initializers, layers, losses, metrics, optimizers, regularizers, saving
from minidl.layers import Layer


def small_cnn():
    return minidl.Sequential(
        [
            layers.Conv2D(3, (3, 2), padding="same", activation="relu", input_shape=(8, 8, 1)),
            layers.MaxPooling2D(2, strides=1),
            layers.Flatten(),
            layers.Dropout(0.2),
            layers.Dense(4, use_bias=False, kernel_initializer="he_normal"),
            layers.Activation("softmax"),
        ]
    )


X = np.random.default_rng(0).random((5, 8, 8, 1)).astype(np.float32)
Y = np.array([0, 1, 2, 3, 0])


@pytest.fixture
def saved(tmp_path):
    model = small_cnn()
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    path = tmp_path / "m.safetensors"
    model.save(path, class_names=["a", "b", "ç", "数"])
    return model, path


def test_a_model_comes_back_as_it_was(saved):
    model, path = saved
    again = minidl.load_model(path)
    np.testing.assert_array_equal(again.predict(X), model.predict(X))
    assert again.get_config() == model.get_config()
    assert again.evaluate(X, Y, verbose=0) == model.evaluate(X, Y, verbose=0)
    assert again.optimizer.get_config() == model.optimizer.get_config()
    assert saving.load_extra(path) == {"class_names": ["a", "b", "ç", "数"]}


def test_a_loaded_model_trains_on(saved):
    model, path = saved
    again = minidl.load_model(path)
    for each in (model, again):
        minidl.set_random_seed(1)
        each.fit(X, Y, epochs=2, verbose=0)
    for a, b in zip(model.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_everything_with_a_config_comes_back(tmp_path):
    model = minidl.Sequential(
        [
            layers.Conv2D(
                2,
                3,
                input_shape=(8, 8, 1),
                kernel_initializer=initializers.RandomNormal(0.0, 0.1, seed=3),
                kernel_regularizer=regularizers.L1L2(0.1, 0.2),
            ),
            layers.Flatten(),
            layers.Dense(4, "softmax", bias_initializer=initializers.Constant(0.5)),
        ]
    )
    schedule = optimizers.schedules.CosineDecay(0.01, 100, warmup_target=0.1, warmup_steps=10)
    model.compile(
        optimizers.AdamW(schedule, clipnorm=1.0, use_ema=True),
        losses.CategoricalCrossentropy(label_smoothing=0.1),
        metrics=[metrics.TopKCategoricalAccuracy(2), metrics.AUC(name="area")],
        weighted_metrics=["accuracy"],
    )
    model.save(tmp_path / "m.safetensors")
    again = minidl.load_model(tmp_path / "m.safetensors")
    assert again.get_config() == model.get_config()
    assert again.optimizer.get_config() == model.optimizer.get_config()
    assert again.loss.get_config() == model.loss.get_config()
    targets, weights = np.eye(4)[Y], np.arange(5.0)
    found = again.evaluate(X, targets, sample_weight=weights, verbose=0, return_dict=True)
    expected = model.evaluate(X, targets, sample_weight=weights, verbose=0, return_dict=True)
    assert found == expected
    assert list(found) == ["loss", "top_k_categorical_accuracy", "area", "accuracy"]


def test_what_is_not_minidls_own_is_left_out(tmp_path):
    class Mine(losses.MeanSquaredError):
        pass

    model = small_cnn()
    model.compile("adam", Mine())
    model.save(tmp_path / "m.safetensors")
    assert minidl.load_model(tmp_path / "m.safetensors").loss is None


def test_the_file_is_plain_safetensors(saved):
    model, path = saved
    tensors = load_file(path)
    assert set(tensors) == {name for name, _ in model.named_weights()}
    assert any(name.startswith("conv2d") for name in tensors)


class Net(minidl.Model):
    def __init__(self):
        super().__init__()
        self.head = layers.Dense(2)

    def call(self, x, training=False):
        return self.head(x)

    def get_config(self):
        return {}


class Double(Layer):
    def call(self, x, training=False):
        return x * 2


def test_subclasses_come_back_when_they_are_given(tmp_path):
    model = Net()
    model.compile("sgd", losses.SparseCategoricalCrossentropy(from_logits=True))
    x = np.ones((1, 3), np.float32)
    expected = model.predict(x)
    model.save(tmp_path / "net.safetensors")
    again = minidl.load_model(tmp_path / "net.safetensors", custom_objects={"Net": Net})
    np.testing.assert_array_equal(again.predict(x), expected)
    assert again.loss.from_logits
    with pytest.raises(ValueError, match="unknown class 'Net'; give your own as custom_objects"):
        minidl.load_model(tmp_path / "net.safetensors")


def test_own_layers_come_back_when_they_are_given(tmp_path):
    model = minidl.Sequential([layers.Input((3,)), layers.Dense(2), Double()])
    model.save(tmp_path / "d.safetensors")
    again = minidl.load_model(tmp_path / "d.safetensors", {"Double": Double})
    np.testing.assert_array_equal(again.predict(np.ones((1, 3))), model.predict(np.ones((1, 3))))


def test_an_existing_file_is_replaced_whole_or_stays(saved, monkeypatch):
    model, path = saved
    before = path.read_bytes()
    model.layers[0].activation = abs  # has no name
    with pytest.raises(ValueError, match="'abs' has no name"):
        model.save(path)
    assert path.read_bytes() == before

    def full_disk(*_arguments):
        raise OSError(28, "No space left on device")

    model = small_cnn()
    monkeypatch.setattr("pathlib.Path.write_bytes", full_disk)
    with pytest.raises(OSError, match="No space left"):
        model.save(path)
    assert path.read_bytes() == before
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_what_cannot_be_saved_says_why(tmp_path):
    with pytest.raises(ValueError, match="has no weights yet"):
        minidl.Sequential([layers.Dense(2)]).save(tmp_path / "m.safetensors")
    with pytest.raises(ValueError, match=r"needs to end with \.safetensors, got 'm\.h5'"):
        small_cnn().save(tmp_path / "m.h5")
    with pytest.raises(ValueError, match="not JSON"):
        small_cnn().save(tmp_path / "m.safetensors", classes={1, 2})
    with pytest.raises(FileNotFoundError):
        small_cnn().save(tmp_path / "missing" / "m.safetensors")
    assert list(tmp_path.iterdir()) == []


def test_a_missing_file(tmp_path):
    with pytest.raises(FileNotFoundError, match="there is no model file"):
        minidl.load_model(tmp_path / "no.safetensors")


def test_every_truncation_is_refused(saved, tmp_path):
    _, path = saved
    whole = path.read_bytes()
    part = tmp_path / "part.safetensors"
    for length in [*range(64), *range(64, len(whole), max(1, len(whole) // 97))]:
        part.write_bytes(whole[:length])
        with pytest.raises(ValueError, match=r"part\.safetensors: not a safetensors file"):
            minidl.load_model(part)


def test_foreign_files_are_refused(tmp_path):
    path = tmp_path / "f.safetensors"
    save_file({"w": np.zeros(3, np.float32)}, path)
    with pytest.raises(ValueError, match="not a model that minidl wrote"):
        minidl.load_model(path)
    path.write_bytes(b"PK\x03\x04 a zip, say" * 100)
    with pytest.raises(ValueError, match="not a safetensors file"):
        minidl.load_model(path)
    with pytest.raises(ValueError, match="not a safetensors file"):
        minidl.load_model(tmp_path)


def change(path, edit):
    """Rewrite a model file with its description changed by `edit`."""
    import safetensors

    with safetensors.safe_open(path, framework="numpy") as file:
        description = json.loads(file.metadata()[saving.KEY])
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    result = edit(description)
    text = result if isinstance(result, str) else json.dumps(description)
    save_file(tensors, path, {saving.KEY: text})


def layer_config(description, i):
    return description["config"]["layers"][i]["config"]


HOSTILE = {
    "a class of the system": lambda d: d["config"]["layers"][0].update({"class": "os.system"}),
    "a class that is no text": lambda d: d["config"]["layers"][0].update({"class": ["Dense"]}),
    "a private name": lambda d: d["config"]["layers"][0].update({"class": "__import__"}),
    "a million million units": lambda d: layer_config(d, 4).update(units=10**12),
    "more units than numbers can count": lambda d: layer_config(d, 4).update(units=10**30),
    "units that are text": lambda d: layer_config(d, 4).update(units="__import__('os')"),
    "an unknown argument": lambda d: layer_config(d, 4).update(code="print(1)"),
    "an unknown activation": lambda d: layer_config(d, 0).update(activation="eval"),
    "a kernel larger than the image": lambda d: layer_config(d, 0).update(
        kernel_size=[99, 99], padding="valid"
    ),
    "another shape": lambda d: layer_config(d, 4).update(units=5),
    "no layers": lambda d: d["config"].update(layers=[]),
    "layers that are no list": lambda d: d["config"].update(layers=7),
    "no configuration": lambda d: d.pop("config"),
    "no shape": lambda d: d.update(input_shape=None),
    "a negative shape": lambda d: d.update(input_shape=[None, -8, 8, 1]),
    "an unknown optimizer": lambda d: d["compile"].update(optimizer=["os", {}]),
    "an optimizer of the system": lambda d: d["compile"].update(
        optimizer={"class_name": "os.system", "config": {}}
    ),
    "a schedule that is none": lambda d: d["compile"]["optimizer"]["config"].update(
        learning_rate={"class_name": "Popen", "config": {"args": "ls"}}
    ),
    "a loss with another argument": lambda d: d["compile"]["loss"]["config"].update(code="1"),
    "an initializer that is none": lambda d: layer_config(d, 0).update(
        kernel_initializer={"class_name": "__import__", "config": {}}
    ),
    "a regularizer without numbers": lambda d: layer_config(d, 0).update(
        kernel_regularizer={"class_name": "L2", "config": {"l2": "x"}}
    ),
    "a metric of a billion numbers": lambda d: d["compile"].update(
        metrics=[{"class_name": "AUC", "config": {"num_thresholds": 10**9}}]
    ),
    "a configuration that is no dict": lambda d: layer_config(d, 0).update(
        kernel_regularizer={"class_name": "L2", "config": 7}
    ),
    "a wrong optimizer": lambda d: d["compile"].update(optimizer=[None, {}]),
    "an unknown model": lambda d: d.update({"class": "Popen"}),
    "a later version": lambda d: d.update(version=99),
    "a version that is text": lambda d: d.update(version="x"),
    "a list": lambda d: "[1, 2]",
    "no JSON": lambda d: "{",
    "deep JSON": lambda d: "[" * 100_000 + "]" * 100_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_descriptions_are_refused_in_one_line(saved, name):
    _, path = saved
    change(path, HOSTILE[name])
    with pytest.raises(ValueError, match="not a model that minidl") as error:
        minidl.load_model(path)
    assert str(path) in str(error.value)
    assert "\n" not in str(error.value)


def test_weights_that_do_not_fit_are_named(saved):
    _, path = saved
    tensors = load_file(path)
    import safetensors

    with safetensors.safe_open(path, framework="numpy") as file:
        metadata = file.metadata()
    kernel = next(name for name in tensors if name.startswith("dense"))
    save_file(tensors | {kernel: tensors[kernel].astype(np.float64)}, path, metadata)
    with pytest.raises(ValueError, match=f"weight '{kernel}' is float64"):
        minidl.load_model(path)
    save_file(tensors | {"extra": np.zeros(1, np.float32)}, path, metadata)
    with pytest.raises(ValueError, match=r"its weights are .*'extra'"):
        minidl.load_model(path)
