"""The journal: what is replayed is what was said, whatever happened to the file's end."""

import errno
import json
import os
import tempfile
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import given

from minidl.label import journal as journals
from minidl.label.annotation import Annotation, Box
from minidl.label.journal import ConflictError, Journal, read

IMAGES = st.sampled_from(["a.png", "b/ü\n'\".png", "\udcff.png"])
ANNOTATORS = st.sampled_from(["ann", "bob"])
ANNOTATIONS = st.builds(
    Annotation,
    st.none() | st.sampled_from(["cat", "dög"]),
    st.just(()) | st.just((Box("nose", 1.5, 2, 3, 4),)),
    st.just(()),
    st.booleans(),
)
EVENTS = st.lists(
    st.tuples(st.just("save"), IMAGES, ANNOTATORS, ANNOTATIONS)
    | st.tuples(st.just("undo"), IMAGES, ANNOTATORS)
    | st.tuples(st.just("class"), st.sampled_from(["owl", "bat"])),
    max_size=12,
)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "labels.jsonl"


def perform(journal, event, *arguments):
    """Do what an event says, as one who has seen everything; an undo of nothing is left out."""
    if event == "class":
        journal.add_class(*arguments)
        return
    saved = journal.state.saved(*arguments[:2])
    if event == "save":
        journal.save(*arguments[:2], saved.version, arguments[2])
    elif saved.annotation:
        journal.undo(*arguments, saved.version)


def expected(events):
    """What is said in the end, told the simplest way: {(image, annotator): annotation}."""
    said = {}
    for event, *arguments in events:
        if event == "save":
            said.setdefault(tuple(arguments[:2]), []).append(arguments[2])
        elif event == "undo" and said.get(tuple(arguments)):
            said[tuple(arguments)].pop()
    return {key: stack[-1] for key, stack in said.items() if stack}


@given(EVENTS)
def test_a_replay_gives_the_same_state(events):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "labels.jsonl")
        journal = Journal(path)
        for event in events:
            perform(journal, *event)
        journal.close()
        again = Journal(path)
        again.close()
        assert journal.state == again.state == read(path)
        found = {
            (image, annotator): annotation
            for image, said in again.state.all().items()
            for annotator, annotation in said.items()
        }
        assert found == expected(events)


@given(EVENTS, st.data())
def test_a_file_that_ends_anywhere_gives_the_state_after_its_last_whole_line(events, data):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "labels.jsonl")
        journal = Journal(path)
        states = {path.stat().st_size: read(path)}  # by the file's length
        for event in events:
            perform(journal, *event)
            states[path.stat().st_size] = read(path)
        journal.close()
        whole = path.read_bytes()
        length = data.draw(st.integers(0, len(whole)))
        path.write_bytes(whole[:length])

        journal = Journal(path)
        # A line that lacks nothing but its end is whole.
        reached = [state for size, state in states.items() if size <= length + 1]
        assert journal.state == (reached[-1] if reached else journals.State())
        perform(journal, "save", "c.png", "ann", Annotation("cat"))
        journal.close()
        assert read(path) == journal.state
        assert read(path).saved("c.png", "ann").annotation == Annotation("cat")


def test_bytes_that_a_crash_left_at_the_end_are_cut_off(path):
    Journal(path).close()
    whole = path.read_bytes()
    for rubbish in (b"\0" * 50, b'{"event": "label", "im', b"\xff\r\xfe", b"[" * 100_000):
        path.write_bytes(whole + rubbish)
        Journal(path).close()
        assert path.read_bytes() == whole


def test_every_line_is_on_disk_before_the_answer(path, monkeypatch):
    synced = []
    fsync = os.fsync

    def watched(descriptor):
        fsync(descriptor)
        synced.append(path.stat().st_size)

    monkeypatch.setattr(os, "fsync", watched)
    journal = Journal(path)
    for version in range(3):
        journal.save("a.png", "ann", version, Annotation(str(version)))
        assert synced[-1] == path.stat().st_size
    journal.close()


def test_a_version_that_is_not_the_last_one_is_a_conflict(path):
    journal = Journal(path)
    assert journal.save("a.png", "ann", 0, Annotation("cat")) == 1
    with pytest.raises(ConflictError) as error:
        journal.save("a.png", "ann", 0, Annotation("dog"))
    assert error.value.saved == journals.Saved(Annotation("cat"), 1)
    assert journal.save("a.png", "ann", 1, Annotation("dog")) == 2
    with pytest.raises(ConflictError):
        journal.undo("a.png", "ann", 1)
    assert journal.undo("a.png", "ann", 2) == journals.Saved(Annotation("cat"), 3)
    assert journal.undo("a.png", "ann", 3) == journals.Saved(None, 4)
    with pytest.raises(ValueError, match="nothing to undo"):
        journal.undo("a.png", "ann", 4)
    journal.close()


def test_to_save_the_same_again_is_no_conflict(path):
    journal = Journal(path)
    journal.save("a.png", "ann", 0, Annotation("cat"))
    size = path.stat().st_size
    assert journal.save("a.png", "ann", 0, Annotation("cat")) == 1
    assert path.stat().st_size == size
    journal.close()


def test_annotators_do_not_see_each_others_versions(path):
    journal = Journal(path)
    journal.save("a.png", "ann", 0, Annotation("cat"))
    journal.save("a.png", "bob", 0, Annotation("dog"))
    assert journal.state.all() == {"a.png": {"ann": Annotation("cat"), "bob": Annotation("dog")}}
    journal.close()


def test_undo_goes_back_through_the_images(path):
    journal = Journal(path)
    for image, version in (("a", 0), ("b", 0), ("a", 1), ("c", 0)):
        journal.save(image, "ann", version, Annotation("cat"[: version + 1]))
    journal.save("z", "bob", 0, Annotation("dog"))
    assert journal.state.history("ann") == ["c", "a", "b", "a"]
    journal.undo("a", "ann", 2)
    assert journal.state.history("ann") == ["c", "b", "a"]
    journal.close()


def test_one_process_at_a_time(path):
    journal = Journal(path)
    with pytest.raises(ValueError, match="in use by another 'minidl label'"):
        Journal(path)
    assert read(path) == journal.state
    journal.close()
    Journal(path).close()


def test_a_full_disk_leaves_no_part_of_a_line(path, monkeypatch):
    journal = Journal(path)
    journal.save("a.png", "ann", 0, Annotation("cat"))
    before = path.read_bytes()

    class Full:
        """The file, on a disk that has room for ten more bytes."""

        room = 10

        def __init__(self, file):
            self.file = file

        def write(self, line):
            if not self.room:
                raise OSError(errno.ENOSPC, "No space left on device")
            self.room -= len(line[: self.room])
            return self.file.write(line[:10])

        def __getattr__(self, name):
            return getattr(self.file, name)

    with monkeypatch.context() as patch:
        patch.setattr(journal, "_file", Full(journal._file))
        with pytest.raises(OSError, match="No space left"):
            journal.save("b.png", "ann", 0, Annotation("dog"))
    assert path.read_bytes() == before
    assert journal.state.saved("b.png", "ann") == journals.Saved()
    assert journal.save("b.png", "ann", 0, Annotation("dog")) == 1
    journal.close()
    assert read(path) == journal.state


def test_a_failing_fsync_is_no_save(path, monkeypatch):
    journal = Journal(path)
    before = path.read_bytes()

    def fsync(_descriptor):
        raise OSError(errno.EIO, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fsync)
        with pytest.raises(OSError, match="Input/output"):
            journal.save("a.png", "ann", 0, Annotation("cat"))
    assert path.read_bytes() == before
    assert journal.state.saved("a.png", "ann").version == 0
    journal.close()


@pytest.mark.skipif(os.name == "nt", reason="Windows does not let open files be moved")
def test_a_journal_that_was_moved_or_replaced_is_not_written(path):
    journal = Journal(path)
    path.rename(path.with_name("moved"))
    for make in (lambda: None, path.touch):
        make()
        with pytest.raises(OSError, match="was moved or deleted"):
            journal.save("a.png", "ann", 0, Annotation("cat"))
    journal.close()


@pytest.mark.parametrize(
    "content",
    [b"path,label\n", b"{}\n", b"[]\n", b"\x89PNG\r\n\x1a\n", b"notes", b'{"minidl": "model"}\n'],
)
def test_another_kind_of_file_is_refused_and_left_alone(path, content):
    path.write_bytes(content)
    for open_it in (Journal, read):
        with pytest.raises(ValueError, match="not a journal of labels"):
            open_it(path)
    assert path.read_bytes() == content


def test_a_later_version_is_refused(path):
    path.write_text(json.dumps(journals.HEADER | {"version": 2}) + "\n")
    with pytest.raises(ValueError, match="reads version 1 only"):
        read(path)


@pytest.mark.parametrize(
    "line",
    [
        b"{",
        b"3",
        b'{"event": "lable"}',
        b'{"event": "lable", "image": "a", "annotator": "b"}',
        b'{"event": "label", "image": 3, "annotator": "b", "annotation": {}}',
        b'{"event": "label", "image": "a", "annotator": "b"}',
        b'{"event": "undo", "image": "a", "annotator": "b"}',
        b'{"event": "class", "name": ""}',
        b'{"event": "label", "image": "a", "annotator": "b", "annotation": {"boxes": [1]}}',
        b"[" * 100_000,
    ],
)
def test_damage_before_the_end_is_named_and_left_alone(path, line):
    header = json.dumps(journals.HEADER).encode()
    content = b"\n".join([header, line, b'{"event": "class", "name": "owl"}', b""])
    path.write_bytes(content)
    with pytest.raises(ValueError, match="line 2 is damaged"):
        Journal(path)
    assert path.read_bytes() == content


def test_a_missing_journal_and_a_missing_folder(tmp_path):
    with pytest.raises(FileNotFoundError, match="no journal of labels"):
        read(tmp_path / "none")
    with pytest.raises(FileNotFoundError):
        Journal(tmp_path / "none" / "labels.jsonl")


def test_what_could_not_be_read_again_is_not_written(path):
    journal = Journal(path)
    before = path.read_bytes()
    with pytest.raises(ValueError, match="a name needs text"):
        journal.add_class(" ")
    with pytest.raises(ValueError, match="a name needs text"):
        journal.save("a.png", "ann", 0, Annotation(" "))
    assert path.read_bytes() == before
    journal.close()
