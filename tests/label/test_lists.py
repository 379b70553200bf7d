"""Lists of classes and of suspects: their forms, and what is refused."""

import json

import pytest

from minidl.data.labelset import LabelClass
from minidl.label import lists


@pytest.fixture
def put(tmp_path):
    def put(name, content):
        path = tmp_path / name
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            path.write_text(content if isinstance(content, str) else json.dumps(content))
        return str(path)

    return put


def test_a_label_set(put):
    content = [{"name": "cat", "key": "c", "color": "#ff0000", "definition": "No toys."}, "dog"]
    labels = lists.classes(put("classes.json", {"classes": content}))
    assert labels.names == ("cat", "dog")
    assert labels["cat"] == LabelClass("cat", "#ff0000", "No toys.", "c")


def test_classes_as_text():
    assert lists.classes(" cat ,black dog,猫").names == ("cat", "black dog", "猫")


@pytest.mark.parametrize(
    ("text", "message"),
    [("", "needs 1 to 200 characters"), ("a,,b", "1 to 200"), ("a,b,a", "have the name 'a'")],
)
def test_text_that_names_no_classes(text, message):
    with pytest.raises(ValueError, match=f"--classes: .*{message}"):
        lists.classes(text)


@pytest.mark.parametrize("content", ["{", [], [3], {"classes": "cat"}])
def test_a_file_that_is_no_label_set(put, content):
    with pytest.raises(ValueError, match=r"classes\.json"):
        lists.classes(put("classes.json", content))


def test_a_missing_label_set():
    with pytest.raises(FileNotFoundError, match=r"no label set 'none\.json'"):
        lists.classes("none.json")


def test_suspects_from_csv(put):
    rows = '\ufeffpath,label,score\n"a,\n1.png",cat,0.9\nb.png,,\n'
    assert lists.suspects(put("s.csv", rows)) == [
        ("a,\n1.png", "label cat, score 0.9"),
        ("b.png", ""),
    ]
    rows = "reason,path\nblurred,a.png\n"
    assert lists.suspects(put("s.csv", rows)) == [("a.png", "blurred")]
    assert lists.suspects(put("s.csv", b"path\n\xff.png\n")) == [("\udcff.png", "")]


def test_suspects_from_json(put):
    content = ["a.png", {"path": "b.png", "reason": "twice"}, {"file_name": "c.png", "p": 0.25}]
    found = [("a.png", ""), ("b.png", "twice"), ("c.png", "p 0.25")]
    assert lists.suspects(put("s.json", content)) == found


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("s.csv", "", "needs a column 'path'"),
        ("s.csv", "a.png\nb.png\n", "needs a column 'path'"),
        ("s.json", {"path": "a"}, "needs a list of images"),
        ("s.json", [3], "entry 1 needs the path"),
        ("s.json", ["a", {"path": 3}], "entry 2 needs the path"),
        ("s.json", "[", "not JSON"),
    ],
)
def test_what_is_no_list_of_suspects(put, name, content, message):
    with pytest.raises(ValueError, match=message):
        lists.suspects(put(name, content))


def test_a_list_that_is_far_too_long(put, monkeypatch):
    monkeypatch.setattr(lists, "LARGEST", 10)
    with pytest.raises(ValueError, match="more than 10 bytes"):
        lists.suspects(put("s.csv", "path\n123456"))
