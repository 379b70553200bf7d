"""`minidl data`: what it says, what it writes, and its exit codes."""

import json
import re
import shutil

import numpy as np
import pytest
from PIL import Image

from minidl.data import read_manifest


@pytest.fixture
def leaky(tmp_path, write_images):
    """Two sets of two classes; one training image is also a test image."""
    folder = tmp_path / "leaky"
    for i, name in enumerate(("train/a", "train/b", "test/a", "test/b")):
        write_images(folder / name, (40 + 50 * i, 90, 90), count=3 + i)
    shutil.copy(folder / "train/a/0.png", folder / "test/a/copy\nof it.png")
    (folder / "train/b/broken.png").write_bytes(b"\x89PNG")
    return folder


def test_an_audit(run, leaky, tmp_path):
    out = tmp_path / "report"
    code, said, err = run("data", "audit", leaky, "--out", out)
    assert (code, err) == (0, "")
    assert "20 files, 19 usable images" in said
    assert all(c.isprintable() for c in said.replace("\n", ""))
    lines = [line.split() for line in said.splitlines()]
    assert ["class", "test", "train"] in lines
    assert ["a", "6", "3"] in lines
    assert re.search("error +1 +Leakage: alike images in different sets", said)
    assert "test/a/copy of it.png, train/a/0.png: 2 alike images" in said
    report = json.loads((out / "audit.json").read_text())
    assert report["summary"]["files"] == 20
    names = sorted(path.name for path in out.iterdir())
    assert names == ["audit.json", "damaged.png", "duplicate_files.png", "leakage.png"]
    assert all(f"  {out / name}\n" in said for name in names)
    for name in names[1:]:
        with Image.open(out / name) as sheet:
            assert np.ptp(np.asarray(sheet)) > 100


def test_exit_codes(run, leaky, pictures):
    assert run("data", "audit", leaky).code == 0
    assert run("data", "audit", leaky, "--strict").code == 1
    code, said, _ = run("data", "audit", pictures, "--strict")
    assert code == 0
    assert "Nothing is wrong with it." in said


def test_json_alone(run, leaky, tmp_path):
    code, said, _ = run("data", "audit", leaky, "--json", "-")
    assert code == 0
    printed = json.loads(said)
    run("data", "audit", leaky, "--json", tmp_path / "report.json", "--no-crops")
    written = json.loads((tmp_path / "report.json").read_text())
    assert written["findings"] == printed["findings"]
    assert not written["summary"]["crops_searched"]


def test_a_split_and_its_check(run, fails, pictures):
    code, said, _ = run("data", "split", pictures, "--val", 0.3, "--test", 0.2)
    assert code == 0
    assert [line.split() for line in said.splitlines()[:3]] == [
        ["class", "test", "train", "val"],
        ["blue", "1", "3", "2"],
        ["red", "1", "3", "2"],
    ]
    path = pictures / "manifest.json"
    assert len(read_manifest(path).entries) == 12
    assert run("data", "check", path).out == f"12 files are as {path} has them.\n"
    assert "--overwrite" in fails("data", "split", pictures)
    assert run("data", "split", pictures, "--overwrite", "--group", r"\d").code == 0

    (pictures / "red" / "0.png").unlink()
    assert "1 missing: 'red/0.png'" in fails("data", "check", path)
    code, said, _ = run("data", "audit", pictures, "--manifest", path, "--strict")
    assert code == 1
    assert "Files of the manifest that are gone" in said


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("audit",), "Missing argument"),
        (("audit", "missing"), "there is no folder 'missing'"),
        (("audit", "{}", "--out", "{}/report"), "which is not to be changed"),
        (("audit", "{}", "--out", "{}/.."), "is not empty"),
        (("audit", "{}", "--manifest", "m.txt"), "extension .json or .csv"),
        (("audit", "{}", "--json", "no/such/file.json"), "there is no folder 'no/such'"),
        (("split", "{}", "--val", "1.5"), "--val needs a number in [0, 1]"),
        (("split", "{}", "--val", "0.9", "--test", "0.2"), "leave something to 'train'"),
        (("split", "{}", "--group", "("), "no regular expression"),
        (("split", "{}", "--manifest", "m.yaml"), "extension .json or .csv"),
        (("check", "missing.json"), "missing.json: No such file"),
        (("adit", "x"), "audit"),
    ],
)
def test_bad_arguments(fails, pictures, arguments, message):
    assert message in fails("data", *(each.format(pictures) for each in arguments))
    assert not (pictures / "manifest.json").exists()
