"""Label sets: what they hold, their files, and what they refuse."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minidl.data import labelset
from minidl.data.labelset import LabelClass, LabelSet, palette

TEXT = st.text(st.characters(exclude_categories=("Cc", "Cs", "Cn", "Z")), min_size=1, max_size=8)
COLORS = st.integers(0, 0xFFFFFF).map(lambda n: f"#{n:06x}")


@st.composite
def label_sets(draw):
    names = draw(st.lists(TEXT, min_size=1, max_size=8, unique=True))
    keys = draw(st.lists(TEXT.map(lambda t: t[0]), max_size=len(names), unique=True))
    keys += [None] * (len(names) - len(keys))
    return LabelSet(
        LabelClass(name, draw(st.none() | COLORS), draw(st.text(max_size=30)), key)
        for name, key in zip(names, keys, strict=True)
    )


@given(label_sets())
def test_the_file_gives_back_what_was_saved(tmp_path_factory, labels):
    path = tmp_path_factory.mktemp("labels") / "labels.json"
    labels.save(path)
    assert LabelSet.load(path) == labels
    plain = json.loads(path.read_text(encoding="utf-8"))
    assert [entry["name"] for entry in plain["classes"]] == list(labels.names)


@given(label_sets())
def test_numbers_and_colours(labels):
    for number, each in enumerate(labels):
        assert labels.number(each.name) == number
        assert labels[each.name] is each
        assert each.name in labels
        assert tuple(labels.colors()[number]) == tuple(bytes.fromhex(each.color[1:]))
    assert len(labels) == len(labels.names)


def test_given_colours_stay_and_others_avoid_them():
    first = palette(1)[0]
    labels = LabelSet(["a", LabelClass("b", first.upper()), "c"])
    colors = [each.color for each in labels]
    assert colors[1] == first.upper()
    assert len({color.lower() for color in colors}) == 3


def test_the_palette_is_distinct():
    assert len(set(palette(255))) == 255
    assert palette(20)[:7] == palette(7)
    rgb = np.array([list(bytes.fromhex(color[1:])) for color in palette(20)], float)
    greys = np.repeat([[0.0], [128.0], [255.0]], 3, axis=1)
    lab = labelset._lab(np.concatenate([rgb, greys]))
    apart = np.linalg.norm(lab[:, None] - lab[None], axis=2)
    np.fill_diagonal(apart, np.inf)
    assert apart.min() > 25  # 2.3 is what an eye just notices


@pytest.mark.parametrize(
    ("rgb", "lab"),
    [
        ([255, 255, 255], [100, 0, 0]),
        ([0, 0, 0], [0, 0, 0]),
        ([255, 0, 0], [53.24, 80.09, 67.20]),
        ([0, 0, 255], [32.30, 79.19, -107.86]),
    ],
)
def test_cielab(rgb, lab):
    np.testing.assert_allclose(labelset._lab(np.array([rgb], float))[0], lab, atol=0.1)


def test_a_list_of_names_is_a_label_set(tmp_path):
    path = tmp_path / "labels.json"
    path.write_text('["cat", {"name": "dog", "key": "d"}]')
    labels = LabelSet.load(path)
    assert labels.names == ("cat", "dog")
    assert labels["dog"].key == "d"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1: not JSON"),
        ('{"classes": [\n"a",\n]}', "line [23]: not JSON"),
        ("[" * 100_000, "not JSON"),
        ("3", "list of classes"),
        ("{}", "list of classes"),
        ("[]", "at least one class"),
        ('["a", "a"]', "two classes have the name 'a'"),
        ('[{"name": "a", "key": "x"}, {"name": "b", "key": "x"}]', "the key 'x'"),
        ('[{"nam": "a"}]', "class 1 needs a name"),
        ('[{"name": "a", "colour": "#000000"}]', "class 1: .*did you mean 'color'"),
        ('[{"name": "a", "color": "red"}]', "color needs '#rrggbb', got 'red'"),
        ('[{"name": "a", "color": 3}]', "color needs"),
        ('[{"name": "a", "key": "xy"}]', "key needs 1 to 1 characters"),
        ('[{"name": "a", "definition": 3}]', "definition needs text"),
        ('[{"name": " a"}]', "blanks"),
        ('[{"name": "a\\nb"}]', "one line"),
        ("[3]", "class 1 needs a name"),
    ],
)
def test_bad_files(tmp_path, text, message):
    path = tmp_path / "labels.json"
    path.write_text(text)
    with pytest.raises(ValueError, match=message) as error:
        LabelSet.load(path)
    assert str(path) in str(error.value)
    assert path.read_text() == text


def test_a_file_that_is_not_text(tmp_path):
    path = tmp_path / "labels.json"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ValueError, match="not JSON"):
        LabelSet.load(path)


def test_a_missing_file(tmp_path):
    with pytest.raises(FileNotFoundError, match="no label set"):
        LabelSet.load(tmp_path / "labels.json")


def test_did_you_mean():
    labels = LabelSet(["tabby cat", "dog"])
    with pytest.raises(ValueError, match="did you mean 'tabby cat'"):
        labels.number("taby cat")


@pytest.mark.parametrize("classes", ["cat", [3], [None]])
def test_what_is_no_list_of_classes(classes):
    with pytest.raises(TypeError, match="a label set needs"):
        LabelSet(classes)


def test_a_folder_that_is_not_there(tmp_path):
    with pytest.raises(FileNotFoundError, match="there is no such folder"):
        LabelSet(["a"]).save(tmp_path / "missing" / "labels.json")
