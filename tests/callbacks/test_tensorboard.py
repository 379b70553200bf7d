import sys

import pytest

from minidl import callbacks

record = pytest.importorskip("tensorboardX.record_writer")
proto = pytest.importorskip("tensorboardX.proto.event_pb2")


def scalars(folder):
    """Return the numbers of an event file, {(tag, step): value}, read record by record."""
    (path,) = folder.iterdir()
    content, at, found = path.read_bytes(), 0, {}
    while at < len(content):
        length = int.from_bytes(content[at : at + 8], "little")
        event = proto.Event.FromString(content[at + 12 : at + 12 + length])
        at += length + 16  # the length and its checksum, and the record's checksum
        found |= {(each.tag, event.step): each.simple_value for each in event.summary.value}
    return found


@pytest.mark.parametrize("freq", ["epoch", "batch"])
def test_training_and_validation_have_folders(model, examples, tmp_path, freq):
    board = callbacks.TensorBoard(tmp_path / "logs", update_freq=freq)
    history = model.fit(
        *examples, 12, epochs=2, verbose=0, validation_data=examples, callbacks=[board]
    ).history
    train, validation = (scalars(tmp_path / "logs" / part) for part in ("train", "validation"))
    for epoch in (0, 1):
        assert train["epoch_loss", epoch] == pytest.approx(history["loss"][epoch])
        assert validation["epoch_loss", epoch] == pytest.approx(history["val_loss"][epoch])
    batches = {step for tag, step in train if tag == "batch_loss"}
    assert batches == ({1, 2, 3, 4} if freq == "batch" else set())


def test_bad_arguments_and_the_missing_package(monkeypatch):
    with pytest.raises(ValueError, match="update_freq needs 'epoch' or 'batch', got 3"):
        callbacks.TensorBoard(update_freq=3)
    monkeypatch.setitem(sys.modules, "tensorboardX", None)
    with pytest.raises(RuntimeError, match=r"pip install 'minidl\[tensorboard\]'"):
        callbacks.TensorBoard()
