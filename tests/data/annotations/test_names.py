"""Names of classes in text and YAML, against PyYAML where it is there (extra "compare")."""

import json

import pytest
from annotation_cases import NAMES
from hypothesis import given
from hypothesis import strategies as st

from minidl.data.annotations.names import read_names


def quoted(name):
    return json.dumps(name, ensure_ascii=False)


STYLES = {
    "flow list": lambda names: f"names: [{', '.join(map(quoted, names))}]",
    "flow list in lines": lambda names: "names: [\n  " + ",\n  ".join(map(quoted, names)) + "]",
    "flow mapping": lambda names: (
        "names: {" + ", ".join(f"{i}: {quoted(name)}" for i, name in enumerate(names)) + "}"
    ),
    "block list": lambda names: "names:\n" + "\n".join(f"- {quoted(n)}" for n in names),
    "indented list": lambda names: "names:\n" + "\n".join(f"  - {quoted(n)}" for n in names),
    "mapping": lambda names: (
        "names:\n" + "\n".join(f"  {i}: {quoted(n)}" for i, n in enumerate(names))
    ),
    "single quotes": lambda names: (
        "names:\n" + "\n".join("  - '" + n.replace("'", "''") + "'" for n in names)
    ),
}


def write(folder, text, name="data.yaml"):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("style", STYLES)
@given(names=st.lists(NAMES, min_size=1, max_size=5, unique=True))
def test_every_notation(tmp_path_factory, style, names):
    text = f"path: ../x  # a comment\ntrain: images\n\n{STYLES[style](names)}  # end\nnc: 3\n"
    assert read_names(write(tmp_path_factory.mktemp("names"), text)) == names
    try:
        import yaml
    except ImportError:
        return
    value = yaml.safe_load(text)["names"]
    assert list(value.values() if isinstance(value, dict) else value) == names


@given(names=st.lists(NAMES, min_size=1, max_size=5, unique=True))
def test_a_line_each(tmp_path_factory, names):
    text = "\n".join(names) + "\n\n"
    assert read_names(write(tmp_path_factory.mktemp("names"), text, "classes.txt")) == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("names: ['cat', dog]", ["cat", "dog"]),
        ("names:  # all\n\n  0: person\n  1: traffic light\n\n# end\nroboflow:\n  a: b",
         ["person", "traffic light"]),
        ("names:\n- cat # tame\n- a#b\n", ["cat", "a#b"]),
        ("names: {1: dog, 0: cat}", ["cat", "dog"]),
        ("names: [\n  'cat',   # tame\n  dog,\n]\n", ["cat", "dog"]),
        ("\ufeffnames: [cat]", ["cat"]),
        ("names: [it's]", ["it's"]),
    ],
)  # fmt: skip
def test_as_people_write_it(tmp_path, text, names):
    assert read_names(write(tmp_path, text)) == names


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no key 'names'"),
        ("nc: 3", "no key 'names'"),
        ("names:\n", "holds no names"),
        ("names: []", "holds no names"),
        ("names: 3", "line 1: 'names' needs a list"),
        ("a: b\nnames: [a, b", "line 2: '\\[' is never closed"),
        ("names: [a, [b]]", "cannot read"),
        ("names: !!python/object:os.system [a]", "needs a list"),
        ("names:\n- !!python/name:os.system\n", "line 2: cannot read the name"),
        ("names: &x\n- a", "needs a list"),
        ("names:\n- *x", "cannot read the name"),
        ("names:\n- a\n- a", "line 3: the name 'a' is there twice"),
        ("names:\n  0: a\n  2: b", "line 3: class 2, where 1 is next"),
        ("names:\n  0: a\n  0: b", "class 0, where 1 is next"),
        ("names:\n  x: a", "line 2: needs '- name' or 'number: name'"),
        ('names:\n- "\\ud800"', "line 2: a name needs"),
        ("names:\n  - a\n  1: b", "a list in one place"),
        ('names:\n- "\\q"', "line 2: cannot read the name"),
        ("names:\n- ''", "a name needs 1 to"),
    ],
)
def test_bad_files(tmp_path, text, message):
    path = write(tmp_path, text)
    with pytest.raises(ValueError, match=message) as error:
        read_names(path)
    assert str(path) in str(error.value)


def test_a_missing_file(tmp_path):
    with pytest.raises(FileNotFoundError, match="no list of names"):
        read_names(tmp_path / "classes.txt")
