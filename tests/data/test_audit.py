"""Audits of folders made on the spot: every kind of finding, alone and among others."""

import io
import json
import os
import shutil
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from minidl.data import audit, make_manifest
from minidl.data.audit import KINDS

TWO_LINES = "two\nlines é猫.png" if os.name == "posix" else "two lines é猫.png"


def picture(number, size=(48, 40)):
    """A picture that is like no other: noise whose amplitudes fall with the frequency."""
    rng = np.random.default_rng(number)
    frequency = np.hypot(np.fft.fftfreq(64)[:, None], np.fft.fftfreq(64)[None])
    frequency[0, 0] = 1
    x = np.fft.ifft2(np.fft.fft2(rng.normal(size=(64, 64))) / frequency).real
    x = (x - x.min()) / np.ptp(x) * 255
    return Image.fromarray(x.astype(np.uint8)).resize(size).convert("RGB")


def encoded(image, format, **options):
    file = io.BytesIO()
    image.save(file, format, **options)
    return file.getvalue()


@pytest.fixture
def put(tmp_path):
    """Write an image, or bytes, below tmp_path."""

    def put(name, content, **options):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        data = content if isinstance(content, bytes) else encoded(content, "PNG", **options)
        path.write_bytes(data)
        return path

    return put


@pytest.fixture
def pets(put, tmp_path):
    """Four cats and four dogs, nothing wrong with them."""
    for i in range(4):
        put(f"cat/{i}.png", picture(i))
        put(f"dog/{i}.png", picture(10 + i))
    return tmp_path


def found(report):
    """Return {kind: [paths of each finding]}."""
    kinds = {}
    for finding in report.findings:
        kinds.setdefault(finding.kind, []).append(finding.paths)
    return kinds


def snapshot(folder):
    return {
        path: (path.read_bytes(), path.stat().st_mtime_ns)
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_nothing_is_wrong(pets):
    report = audit(pets)
    assert report.findings == ()
    assert report.class_counts() == {None: {"cat": 4, "dog": 4}}
    assert report.crops_searched
    (first, *_) = report.files
    assert (first.path, first.label, first.format, first.mode) == ("cat/0.png", "cat", "PNG", "RGB")
    assert (first.width, first.height, first.frames) == (48, 40, 1)
    assert first.bytes == (pets / "cat/0.png").stat().st_size


WHOLE = encoded(picture(99), "PNG")
SPOILT = {
    "empty": b"",
    "not_an_image": b"a dog",
    "damaged": WHOLE[: len(WHOLE) // 2],
    "blank": encoded(Image.new("RGB", (50, 50), "red"), "PNG"),
    "low_contrast": encoded(Image.fromarray(np.asarray(picture(98)) // 20 + 90), "PNG"),
    "wrong_extension": encoded(picture(97), "JPEG"),
    "animated": encoded(picture(96), "PNG", save_all=True, append_images=[picture(95)]),
    "odd_size": encoded(picture(94, (90, 7)), "PNG"),
}
UNUSABLE = ("empty", "not_an_image", "damaged")


@pytest.mark.parametrize("kind", SPOILT)
def test_one_spoilt_file(pets, put, kind):
    put(f"dog/{TWO_LINES}", SPOILT[kind])
    before = snapshot(pets)
    report = audit(pets)
    assert found(report) == {kind: [(f"dog/{TWO_LINES}",)]}
    assert report.of(kind)[0].message
    assert len(report.usable) == (8 if kind in UNUSABLE else 9)
    assert snapshot(pets) == before


@settings(max_examples=12)
@given(st.lists(st.sampled_from(sorted(SPOILT)), unique=True))
def test_spoilt_files_do_not_hide_each_other(tmp_path_factory, kinds):
    folder = tmp_path_factory.mktemp("spoilt")
    for label in ("cat", "dog"):
        (folder / label).mkdir()
        (folder / label / "a.png").write_bytes(encoded(picture(label == "cat"), "PNG"))
    for i, kind in enumerate(kinds):
        (folder / "cat" / f"{i}.png").write_bytes(SPOILT[kind])
    report = audit(folder)
    expected = {kind: [(f"cat/{i}.png",)] for i, kind in enumerate(kinds)}
    assert {k: v for k, v in found(report).items() if k != "imbalance"} == expected
    json.dumps(report.to_dict())


@pytest.mark.parametrize("format", ["JPEG", "GIF", "BMP", "TIFF", "WEBP"])
def test_truncated_files_of_every_format(pets, put, format):
    whole = encoded(picture(1), format)
    put(f"cat/cut.{format.lower()}", whole[: len(whole) // 3])
    report = audit(pets)
    (finding,) = report.findings
    assert finding.kind == "damaged"


def test_sizes_from_one_pixel_to_very_wide(pets, put):
    put("cat/one.png", Image.new("RGB", (1, 1), "red"))
    put("cat/wide.png", Image.effect_noise((20_000, 20), 60))
    put("dog/bomb.png", Image.new("1", (20_000, 20_000)))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        filters = list(warnings.filters)
        report = audit(pets)
        assert warnings.filters == filters
    assert found(report)["odd_size"] == [("cat/one.png",), ("cat/wide.png",)]
    assert found(report)["bomb"] == [("dog/bomb.png",)]
    assert len(report.usable) == 10


def test_what_cannot_be_opened(pets, put, monkeypatch):
    from minidl.data import facts

    put("cat/locked.png", picture(50))
    sha256 = facts.files.sha256

    def guarded(path):
        if path.name == "locked.png":
            raise PermissionError(13, "Permission denied", str(path))
        return sha256(path)

    monkeypatch.setattr(facts.files, "sha256", guarded)
    report = audit(pets)
    assert found(report) == {"unreadable": [("cat/locked.png",)]}
    assert report.findings[0].message == "Permission denied"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no named pipes in folders")
def test_links_and_pipes(pets):
    (pets / "cat/dangling.png").symlink_to("nowhere")
    (pets / "cat/circle").symlink_to(pets)
    os.mkfifo(pets / "cat/pipe.png")
    paths = [("cat/circle",), ("cat/dangling.png",), ("cat/pipe.png",)]
    assert found(audit(pets)) == {"unreadable": paths}


def test_duplicates_of_every_degree(pets, put):
    original = picture(0, (400, 300))
    put("cat/0.png", original)
    shutil.copy(pets / "cat/0.png", pets / "cat/copy of bytes.png")
    put("cat/copy of pixels.bmp", encoded(original, "BMP"))
    put("cat/jpeg.jpg", encoded(original, "JPEG", quality=60))
    put("cat/small.png", original.resize((200, 150)))
    put("cat/window.png", original.crop((20, 20, 350, 270)))
    report = audit(pets)
    kinds = found(report)
    assert kinds["duplicate_files"] == [("cat/0.png", "cat/copy of bytes.png")]
    pixels = ("cat/0.png", "cat/copy of bytes.png", "cat/copy of pixels.bmp")
    assert kinds["duplicate_pixels"] == [pixels]
    assert kinds["near_duplicates"] == [("cat/0.png", "cat/jpeg.jpg", "cat/small.png")]
    assert "cat/window.png" in kinds["crops"][0]
    assert set(kinds) == {"duplicate_files", "duplicate_pixels", "near_duplicates", "crops"}
    assert "crops" not in found(audit(pets, crops=False))


def alike(kind):
    image = picture(70, (200, 160))
    other = {
        "bytes": encoded(image, "PNG"),
        "pixels": encoded(image, "BMP"),
        "near": encoded(image, "JPEG", quality=50),
        "crop": encoded(image.crop((10, 8, 180, 150)), "PNG"),
    }
    return encoded(image, "PNG"), other[kind]


EXTENSIONS = {"bytes": "png", "pixels": "bmp", "near": "jpg", "crop": "png"}


@pytest.mark.parametrize("kind", ["bytes", "pixels", "near", "crop"])
def test_leakage_between_sets(put, tmp_path, kind):
    for i, name in enumerate(("train/cat", "train/dog", "test/cat", "test/dog")):
        put(f"{name}/1.png", picture(i))
    first, second = alike(kind)
    put("train/cat/a.png", first)
    name = f"test/cat/b.{EXTENSIONS[kind]}"
    put(name, second)
    report = audit(tmp_path)
    assert found(report)["leakage"] == [(name, "train/cat/a.png")]
    assert report.of("leakage")[0].message == "2 alike images in the sets test, train"
    assert report.of("label_conflict") == []


@pytest.mark.parametrize("kind", ["bytes", "pixels", "near", "crop"])
def test_one_image_in_two_classes(pets, put, kind):
    first, second = alike(kind)
    put("cat/a.png", first)
    name = f"dog/b.{EXTENSIONS[kind]}"
    put(name, second)
    report = audit(pets)
    assert found(report)["label_conflict"] == [("cat/a.png", name)]
    assert report.of("leakage") == []


def test_leakage_by_a_manifest(pets, put):
    put("cat/9.jpg", encoded(picture(0), "JPEG"))
    manifest = make_manifest(pets, {"test": 0.5}, group=lambda path: path[:5])
    entries = {entry.path: entry for entry in manifest.entries}
    for path, split in {"cat/0.png": "train", "cat/9.jpg": "test"}.items():
        entries[path] = entries[path]._replace(split=split)
    manifest = type(manifest)(pets, tuple(entries.values()))
    assert found(audit(pets, manifest))["leakage"] == [("cat/0.png", "cat/9.jpg")]

    (pets / "dog/3.png").unlink()
    put("dog/2.png", picture(60))
    put("dog/new.png", picture(61))
    kinds = found(audit(pets, manifest))
    expected = {"missing": "dog/3.png", "changed": "dog/2.png", "new": "dog/new.png"}
    assert {kind: kinds[kind] for kind in expected} == {k: [(p,)] for k, p in expected.items()}


def test_classes_out_of_balance(put, tmp_path):
    for i in range(7):
        put(f"train/cat/{i}.png", picture(i))
    put("train/dog/1.png", picture(20))
    put("test/cat/1.png", picture(21))
    put("test/bee/1.png", picture(22))
    report = audit(tmp_path)
    assert report.of("imbalance")[0].message == "7 images of 'cat' in train, 1 of 'dog'"
    assert report.of("missing_class")[0].message == "1 images of 'bee' in test, none in train"
    assert set(found(report)) == {"imbalance", "missing_class"}
    assert report.class_counts()["train"] == {"cat": 7, "dog": 1}


def test_blank_images_are_not_near_duplicates(put, tmp_path):
    for i in range(4):
        put(f"cat/{i}.png", Image.new("RGB", (20 + i, 20), (10 * i, 0, 0)))
    assert set(found(audit(tmp_path))) == {"blank"}


def test_a_flat_folder(put, tmp_path):
    put("1.png", picture(1))
    put("2.png", picture(1))
    put("notes.txt", b"not listed")
    report = audit(tmp_path)
    assert found(report) == {"duplicate_files": [("1.png", "2.png")]}
    assert report.class_counts() == {None: {None: 2}}


def test_the_report_as_json(pets, put, tmp_path_factory):
    put(f"cat/{TWO_LINES}", b"no image")
    shutil.copy(pets / "cat/1.png", pets / "dog/copy.png")
    report = audit(pets)
    path = tmp_path_factory.mktemp("report") / "audit.json"
    report.write(path)
    content = json.loads(path.read_text())
    assert content == report.to_dict()
    assert (content["format"], content["version"]) == ("minidl-audit", 1)
    assert content["summary"] | {"near_threshold": 0} == {
        "files": 10,
        "usable": 9,
        "errors": 2,
        "warnings": 1,
        "near_threshold": 0,
        "crops_searched": True,
    }
    assert {"split": None, "label": "dog", "images": 5} in content["classes"]
    assert content["findings"][1] == {
        "kind": "label_conflict",
        "paths": ["cat/1.png", "dog/copy.png"],
        "message": "2 alike images in the classes cat, dog",
        "severity": "error",
    }
    assert content["files"][-1]["path"] == "dog/copy.png"


def test_progress_and_threads(pets, set_num_threads):
    calls = []
    set_num_threads(1)
    alone = audit(pets, progress=lambda *call: calls.append(call))
    set_num_threads(4)
    assert audit(pets) == alone
    assert calls[-1] == (8, 8)


def test_folders_that_are_none_or_empty(tmp_path):
    with pytest.raises(FileNotFoundError, match="no folder"):
        audit(tmp_path / "missing")
    with pytest.raises(ValueError, match="holds no images"):
        audit(tmp_path)


def test_kinds_of_findings_are_checked(pets):
    report = audit(pets)
    assert [report.of(kind) for kind in KINDS] == [[]] * len(KINDS)
    with pytest.raises(ValueError, match="did you mean 'leakage'"):
        report.of("leaks")
