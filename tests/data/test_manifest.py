"""Manifests: what was written comes back, and changes of the files are named."""

import csv
import json
import os
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minidl.data import make_manifest, manifest, read_manifest
from minidl.runtime import files

KINDS = ["json", "csv"]


@pytest.fixture
def pets(tmp_path):
    """A folder of 10 cats and 10 dogs, by 5 owners, with awkward names; not decoded here."""
    for label in ("cat", "dog, big"):
        for i in range(10):
            path = tmp_path / "pets" / label / f'ö{i // 2} "{i}".png'
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"{label} {i}")
    return tmp_path / "pets"


def sets_of(made):
    return {entry.path: entry.split for entry in made.entries}


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_written_comes_back(pets, kind):
    if os.name == "posix":
        (pets / "cat" / "two\nlines.png").write_text("new")
    made = make_manifest(pets, seed=3)
    made.write(pets / f"manifest.{kind}")
    assert read_manifest(pets / f"manifest.{kind}") == made
    elsewhere = pets.parent / f"m.{kind}"
    made.write(elsewhere)
    assert read_manifest(elsewhere, pets) == made
    for entry in made.entries:
        assert files.sha256(pets / entry.path) == entry.sha256
        assert entry.path.startswith(entry.label + "/")


def test_the_files_are_plain_json_and_csv(pets):
    made = make_manifest(pets)
    made.write(pets / "m.json")
    made.write(pets / "m.csv")
    content = json.loads((pets / "m.json").read_text())
    assert (content["format"], content["version"]) == ("minidl-manifest", 1)
    with open(pets / "m.csv", newline="") as file:
        assert list(csv.DictReader(file)) == content["files"]


def test_shares_seed_and_files(pets):
    made = make_manifest(pets, {"val": 0.2, "test": 0.3})
    for name, count in {"val": 4, "test": 6, "train": 10}.items():
        paths, labels = made.files(name)
        assert len(paths) == count
        assert labels.count("cat") == count / 2
        assert all(path.is_file() and path.parent.name in labels for path in paths)
    assert make_manifest(str(pets), {"val": 0.2, "test": 0.3}) == made
    assert sets_of(make_manifest(pets, seed=1)) != sets_of(make_manifest(pets, seed=2))
    with pytest.raises(ValueError, match="unknown set 'vall': did you mean 'val'"):
        made.files("vall")


@given(st.integers(0, 100))
def test_groups_and_equal_files_stay_together(tmp_path_factory, seed):
    root = tmp_path_factory.mktemp("pets")
    for label in ("cat", "dog"):
        (root / label).mkdir()
        for i in range(12):
            # The last picture of each owner is the first of the next.
            (root / label / f"{i // 3}-{i}.png").write_text(f"{(i + 1) // 3 if i < 6 else i}")
    for group in (r"/(\d+)-", lambda path: path.split("/")[1].split("-")[0]):
        sets = sets_of(make_manifest(root, {"val": 0.3}, seed, group))
        for owners in ([0, 1], [2], [3]):
            of = {s for path, s in sets.items() if int(path.split("/")[1][0]) in owners}
            assert len(of) == 1
    made = make_manifest(root, {"val": 0.3}, seed)
    by_bytes = {}
    for entry in made.entries:
        by_bytes.setdefault(entry.sha256, set()).add(entry.split)
    assert all(len(sets) == 1 for sets in by_bytes.values())


def test_sets_that_are_folders_are_kept(tmp_path):
    for name in ("train/cat/1.png", "train/dog/2.png", "test/cat/3.png"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    made = make_manifest(tmp_path)
    assert [(e.label, e.split) for e in made.entries] == [
        ("cat", "test"),
        ("cat", "train"),
        ("dog", "train"),
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_missing_changed_and_new_files_are_named(pets, kind):
    path = pets / f"manifest.{kind}"
    make_manifest(pets).write(path)
    gone, changed, *_ = sorted((pets / "cat").iterdir())
    gone.unlink()
    changed.write_text("another cat")
    (pets / "cat" / "new.png").touch()
    with pytest.raises(ValueError, match=r"1 missing: .*; 1 changed: .*; 1 new: ") as error:
        read_manifest(path)
    for name in (gone.name, changed.name, "new.png"):
        assert repr(f"cat/{name}") in str(error.value)
    found = read_manifest(path, check=False).differences()
    assert found == ([f"cat/{gone.name}"], [f"cat/{changed.name}"], ["cat/new.png"])


def test_a_write_that_fails_leaves_the_old_file(pets, monkeypatch):
    path = pets / "manifest.json"
    path.write_text("old")

    def dumps(*_, **__):
        raise OSError("disk full")

    monkeypatch.setattr(manifest.json, "dumps", dumps)
    with pytest.raises(OSError, match="disk full"):
        make_manifest(pets).write(path)
    assert path.read_text() == "old"
    assert sorted(p.name for p in pets.iterdir()) == ["cat", "dog, big", "manifest.json"]


SHA = "0" * 64


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "is not JSON"),
        ("[]", "lacks the entry 'format'"),
        ('{"format": "minidl-manifest", "version": 2}', "has version 2, known is 1"),
        ('{"format": "minidl-manifest", "version": 1}', "'files' needs to be a list"),
    ],
)
def test_files_that_are_no_manifests(tmp_path, content, message):
    path = tmp_path / "m.json"
    path.write_text(content)
    with pytest.raises(ValueError, match=message) as error:
        read_manifest(path)
    assert "m.json'" in str(error.value)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        (["../a.png", SHA, "x", "y"], "stays in its folder, got '../a.png'"),
        (["/a.png", SHA, "x", "y"], "stays in its folder"),
        (["a.png", "abc", "x", "y"], "64 hexadecimal digits, got 'abc'"),
        (["a.png", SHA, "", "y"], "needs text for each of path, sha256, label, split"),
        (["a.png", SHA, "x", "y"], "'a.png' is listed twice"),
    ],
)
@pytest.mark.parametrize("kind", KINDS)
def test_bad_entries_are_named(tmp_path, kind, fields, message):
    path = tmp_path / f"m.{kind}"
    table = [["a.png", SHA, "x", "y"], fields]
    if kind == "csv":
        lines = ["path,sha256,label,split", *map(",".join, table)]
        path.write_text("\n".join(lines))
    else:
        entries = [dict(zip(manifest.COLUMNS, row, strict=True)) for row in table]
        path.write_text(json.dumps({"format": manifest.FORMAT, "version": 1, "files": entries}))
    with pytest.raises(ValueError, match=message) as error:
        read_manifest(path)
    assert str(path) in str(error.value)
    assert ("line 3" if kind == "csv" else "files[1]") in str(error.value)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere, names are Unicode")
def test_names_that_are_not_unicode(pets):
    (pets / "cat" / os.fsdecode(b"\xff.png")).write_text("a name of bytes")
    made = make_manifest(pets)
    made.write(pets / "m.json")
    assert read_manifest(pets / "m.json") == made
    with pytest.raises(ValueError, match=r"'cat/\\udcff.png' is not; write \.json"):
        made.write(pets / "m.csv")
    assert not (pets / "m.csv").exists()


def test_bad_arguments(pets, tmp_path):
    with pytest.raises(ValueError, match=r"extension \.json or \.csv, got 'm\.txt'"):
        make_manifest(pets).write(Path("m.txt"))
    with pytest.raises(ValueError, match="'no such' is not found in 'cat/"):
        make_manifest(pets, group="no such")
    with pytest.raises(ValueError, match="no regular expression"):
        make_manifest(pets, group="(")
    with pytest.raises(ValueError, match="leave something to 'train'"):
        make_manifest(pets, {"val": 0.5, "test": 0.6})
    (tmp_path / "empty").mkdir()
    with pytest.raises(ValueError, match="holds no images in folders of classes"):
        make_manifest(tmp_path / "empty")
