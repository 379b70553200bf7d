"""A model that learns from labels: what it knows afterwards, and what it guesses."""

import numpy as np
import pytest
from PIL import Image

import minidl
from minidl.label import learn
from minidl.saving import load_extra


@pytest.fixture
def colours(tmp_path, noise):
    """Images of three colours, {id: path} and {id: class}."""
    images, classes = {}, {}
    for i in range(24):
        name = ("red", "green", "blue")[i % 3]
        colour = {"red": (220, 30, 30), "green": (30, 220, 30), "blue": (30, 30, 220)}[name]
        path = tmp_path / f"{i}.png"
        Image.fromarray(noise(colour, i)).save(path)
        images[f"id {i}"], classes[f"id {i}"] = str(path), name
    return images, classes


@pytest.fixture
def work(tmp_path, monkeypatch):
    """Do a job, and return what it said."""
    monkeypatch.setattr(learn, "SIZE", (8, 8, 3))

    def work(images, labels, model=None, out=tmp_path / "out.safetensors"):
        told = []
        job = {"images": images, "labels": labels, "model": model, "out": out and str(out)}
        learn.work(job, lambda **message: told.append(message))
        return told

    return work


def first(labels, count):
    return dict(list(labels.items())[:count])


def test_what_was_labelled_tells_the_rest(colours, work, tmp_path):
    images, classes = colours
    *progress, last = work(images, first(classes, 9))
    assert progress[-1] == {"progress": (50, 50)}
    assert set(last["guesses"]) == set(images)
    right = [last["guesses"][name][0][0] == classes[name] for name in images]
    assert sum(right) >= 22
    for guess in last["guesses"].values():
        p = [p for _, p in guess]
        assert sorted(p, reverse=True) == p
        assert sum(p) == pytest.approx(1)
    assert load_extra(tmp_path / "out.safetensors") == {
        "class_names": ["blue", "green", "red"], "image_size": [8, 8], "grey": False
    }  # fmt: skip


def test_same_labels_same_weights(colours, work, tmp_path):
    images, classes = colours
    found = []
    for seed in (5, 6):
        minidl.set_random_seed(seed)
        work(images, first(classes, 4))
        found.append(minidl.load_model(tmp_path / "out.safetensors").get_weights())
    for one, other in zip(*found, strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_model_only_guesses_if_nothing_is_to_be_written(colours, work, tmp_path):
    images, classes = colours
    (*_, learnt) = work(images, classes)
    (guessed,) = work(images, {}, str(tmp_path / "out.safetensors"), None)
    assert guessed == learnt


def test_a_new_class_widens_a_model_which_keeps_what_it_knows(colours, work, tmp_path):
    images, classes = colours
    two = {name: kind for name, kind in classes.items() if kind != "red"}
    work(images, two)
    old = minidl.load_model(tmp_path / "out.safetensors")
    wide = learn._widened(minidl.load_model(tmp_path / "out.safetensors"), ["blue", "green", "red"])
    assert wide.compute_output_shape((None, 8, 8, 3)) == (None, 3)
    x = np.random.default_rng(0).random((4, 8, 8, 3), np.float32)
    np.testing.assert_allclose(
        wide(x, logits=True).data[:, :2], old(x, logits=True).data, rtol=1e-5, atol=1e-5
    )
    model = tmp_path / "model.safetensors"
    (tmp_path / "out.safetensors").rename(model)
    (*_, last) = work(images, classes, str(model))
    right = [last["guesses"][name][0][0] == classes[name] for name in images]
    assert sum(right) >= 22
    assert load_extra(tmp_path / "out.safetensors")["class_names"] == ["blue", "green", "red"]


def test_a_model_of_another_build_is_learnt_anew(colours, work, tmp_path):
    images, classes = colours
    layers = minidl.layers
    image = layers.Input((8, 8, 3))
    model = minidl.Model(image, layers.Dense(2, activation="softmax")(layers.Flatten()(image)))
    model.save(tmp_path / "model.safetensors", class_names=["blue", "green"])
    (*_, last) = work(images, classes, str(tmp_path / "model.safetensors"))
    assert last["guesses"]["id 0"][0][0] == "red"


def test_images_that_cannot_be_read_are_left_out(colours, work, tmp_path):
    images, classes = colours
    (tmp_path / "broken.png").write_bytes(b"no image")
    more = images | {"broken": str(tmp_path / "broken.png"), "gone": str(tmp_path / "gone.png")}
    (*_, last) = work(more, first(classes, 6) | {"broken": "red"})
    assert set(last["guesses"]) == set(images)


def test_one_readable_class_is_not_enough(colours, work, tmp_path):
    images, _ = colours
    with pytest.raises(ValueError, match="at least two classes"):
        work(images | {"gone": "gone.png"}, {"id 0": "red", "gone": "blue"})
    assert not (tmp_path / "out.safetensors").exists()


def test_a_grey_model_sees_grey_images(colours, work, tmp_path):
    images, _ = colours
    path = tmp_path / "grey.safetensors"
    minidl.applications.article_cnn((8, 8, 1), 2).save(path, class_names=["a", "b"])
    (last,) = work(images, {}, str(path), None)
    assert {name for name, _ in last["guesses"]["id 0"]} == {"a", "b"}
