# %% [markdown]
# # 8 · Acquiring and auditing images
#
# A network learns what its images show, their faults included. Before training, two questions are
# worth an answer: where do the images come from, and what is wrong with them?
#
# Where they come from: from your own camera, from a collection with a licence that allows the use,
# or from a simulation. Write down the source, the date, the licence and a checksum with every data
# set. With `minidl.data.get_file`, a download that has another SHA-256 than the one written down is
# refused.

# %%
import hashlib
import pathlib
import shutil
import tempfile

import numpy as np
from PIL import Image

import minidl

(x, y), _ = minidl.datasets.mnist.load_data()
temporary = tempfile.TemporaryDirectory()
folder = pathlib.Path(temporary.name, "digits")

# %% [markdown]
# The usual form of a collection is a folder with one folder per set, and in it one folder per
# class: `train/7/a.png`. Here is a small one of bundled digits: of each class 12 to learn from and
# 4 to test.

# %%
for label in range(10):
    for i, number in enumerate(np.flatnonzero(y == label)[:16]):
        place = folder / ("train" if i < 12 else "test") / str(label)
        place.mkdir(parents=True, exist_ok=True)
        Image.fromarray(x[number]).save(place / f"{number}.png")


def names(*parts):
    """Return the files of a folder, sorted."""
    return sorted(folder.joinpath(*parts).iterdir())


print(
    len(list(folder.rglob("*.png"))), "files, such as", names("train", "7")[0].relative_to(folder)
)
print("SHA-256:", hashlib.sha256(names("train", "7")[0].read_bytes()).hexdigest()[:16], "…")

# %% [markdown]
# An audit looks at every file. So far it finds nothing.

# %%
report = minidl.data.audit(folder)
print(len(report.usable), "usable files, findings:", list(report.findings))

# %% [markdown]
# Now plant the faults that real collections have:
#
# - **broken**: a copy that was cut off half-way
# - **blank**: a scan of nothing
# - **duplicate**: the same file twice in one class, which counts it twice
# - **leak**: a file to learn from that is also in the test set, so that the test asks for what was
#   learned by heart; stored anew as a JPEG, its bytes are others
# - **wrong class**: one image in two classes, of which one must be wrong

# %%
train, test = folder / "train", folder / "test"
planted = {
    "damaged": train / "0" / "broken.png",
    "blank": train / "1" / "blank.png",
    "duplicate_files": train / "2" / "duplicate.png",
    "leakage": test / "3" / "leak.jpg",
    "label_conflict": train / "9" / "wrong_class.png",
}
whole = names("train", "0")[0].read_bytes()
planted["damaged"].write_bytes(whole[: len(whole) // 2])
Image.new("L", (28, 28)).save(planted["blank"])
shutil.copy(names("train", "2")[0], planted["duplicate_files"])
Image.open(names("train", "3")[0]).save(planted["leakage"], quality=80)
shutil.copy(names("train", "4")[0], planted["label_conflict"])

# %% [markdown]
# The audit compares bytes, then pixels, then a *perceptual hash*: a short description of what an
# image shows, which hardly changes when it is resized or stored anew. One fault can have several
# findings: a leak is a near-duplicate, too.

# %%
report = minidl.data.audit(folder)
for finding in report.findings:
    print(f"{finding.severity:8} {finding.kind:16} {finding.message}")
    print(" " * 8, ", ".join(finding.paths))
for kind, path in planted.items():
    found = {each for finding in report.of(kind) for each in finding.paths}
    assert path.relative_to(folder).as_posix() in found, kind
print("all", len(planted), "planted faults were found")

# %% [markdown]
# A list of names is soon agreed with; looking is better. A *contact sheet* shows the files of each
# finding side by side. A person decides which one stays.


# %%
def tile(finding, path):
    """Return the picture, None if it cannot be read, and a caption."""
    picture = None if finding.kind == "damaged" else np.asarray(Image.open(folder / path))
    return picture, f"{finding.kind}\n{path}"


findings = [report.of(kind)[0] for kind in planted]
tiles = [[tile(finding, path)] for finding in findings for path in finding.paths]
figure = minidl.plots.contact_sheet(tiles, "What was found of each planted fault", columns=4)
minidl.plots.save(figure, "08_auditing.png")
print("figure: 08_auditing.png")

# %% [markdown]
# Take the faults away, and look again: an audit is repeated until nothing is left. On the command
# line it is `minidl data audit DIR --out report`.

# %%
for path in planted.values():
    path.unlink()
report = minidl.data.audit(folder)
print(len(report.usable), "usable files, findings:", list(report.findings))

# %% [markdown]
# What an audit cannot see: a 4 that somebody labelled 9, when there is no second copy to contradict
# it. Lesson 9 finds those with the help of a network. Nor does it see what is *missing*: digits of
# left-handed writers, photographs at night. Only the source can tell.
#
# The leak came from copying by hand. `minidl.data.make_manifest` shares the images of one folder
# out, keeps files of the same bytes in one set (and, with `group`, the pictures of one person), and
# writes down the set and the checksum of each. To try it, all images move into one folder, and one
# is there twice.

# %%
for path in test.rglob("*.png"):
    path.rename(train / path.parent.name / path.name)
shutil.copy(names("train", "2")[0], train / "2" / "again.png")
manifest = minidl.data.make_manifest(train, {"test": 0.25}, seed=0)
for name in ("train", "test"):
    entries = [entry for entry in manifest.entries if entry.split == name]
    print(f"{name}: {len(entries)} images")
again = {entry.split for entry in manifest.entries if pathlib.Path(entry.path).stem == "again"}
print("leaks:", len(minidl.data.audit(train, manifest).of("leakage")), " the copy is in", *again)
temporary.cleanup()
