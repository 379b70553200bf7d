"""Tables of files: what a CSV writer wrote comes back, and errors name file and line."""

import csv
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minidl.data import read_csv

AWKWARD = ["a b.png", "猫.png", 'quote".png', "comma,.png", "é'.png"]
if os.name == "posix":
    AWKWARD += ["two\nlines.png", "carriage\r\nreturn.png", "a:b.png", "back\\slash.png"]


@pytest.fixture
def table(tmp_path):
    """Write a CSV file beside a.png, b.png and c.png; return its path."""

    def table(content):
        for name in ("a.png", "b.png", "c.png"):
            (tmp_path / name).touch()
        path = tmp_path / "table.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return table


@given(
    st.lists(st.sampled_from(AWKWARD), min_size=1, unique=True),
    st.data(),
    st.sampled_from(["utf-8", "utf-8-sig"]),
)
def test_names_of_all_kinds(tmp_path_factory, names, data, encoding):
    folder = tmp_path_factory.mktemp("table")
    text = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1)
    labels = [data.draw(text) for _ in names]
    (folder / "sub").mkdir()
    with open(folder / "t.csv", "w", encoding=encoding, newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["label", "note", "path"])
        for name, label in zip(names, labels, strict=True):
            (folder / "sub" / name).touch()
            writer.writerow([label, "", f"sub/{name}"])
    files = read_csv(folder / "t.csv")
    assert files.paths == [folder / "sub" / name for name in names]
    assert files.labels == labels


def test_paths_start_at_the_csv_or_at_root(table, tmp_path, monkeypatch):
    path = table("path,label\na.png,cat\n")
    monkeypatch.chdir("/")
    assert read_csv(path).paths == [tmp_path / "a.png"]
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "a.png").touch()
    assert read_csv(path, tmp_path / "other").paths == [tmp_path / "other" / "a.png"]


@pytest.mark.parametrize(
    ("content", "line", "message"),
    [
        ("", 1, "columns path, label, got nothing"),
        ("path,class\n", 1, "got path, class"),
        ("path,label,path\n", 1, "one each"),
        ("path,label\na.png,cat\nb.png\n", 3, "needs 2 fields, got 1"),
        ("path,label\n\n\nb.png,a,b\n", 4, "needs 2 fields, got 3"),
        ("path,label\na.png,\n", 2, "label of 'a.png' is empty"),
        ('path,label\na.png,"two\nlines"\nb.png,x\na.png,cat\n', 5, "stands in line 2 already"),
        ("path,label\na.png,x\nd.png,x\n", 3, "there is no file"),
        ("path,label\n../a.png,x\n", 2, "stays in its folder, got '../a.png'"),
        ("path,label\nx/../../a.png,x\n", 2, "stays in its folder"),
        ("path,label\n/etc/passwd,x\n", 2, "stays in its folder"),
        ("path,label\n,x\n", 2, "stays in its folder"),
        ('path,label\na.png,"x\n', 2, "unexpected end of data"),
        ('path,label\na.png,"x" y\n', 2, "expected after"),
    ],
)
def test_errors_name_file_and_line(table, content, line, message):
    with pytest.raises((ValueError, FileNotFoundError), match=message) as error:
        read_csv(table(content))
    assert f"table.csv', line {line}: " in str(error.value)


def test_what_is_no_table(table, tmp_path):
    with pytest.raises(ValueError, match="not UTF-8"):
        read_csv(table(b"path,label\n\xff.png,x\n"))
    with pytest.raises(ValueError, match="lists no files"):
        read_csv(table("path,label\n"))
    with pytest.raises(FileNotFoundError):
        read_csv(tmp_path / "missing.csv")
