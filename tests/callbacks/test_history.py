import csv

import pytest

from minidl import callbacks


def rows(path, **options):
    with path.open(newline="") as file:
        return list(csv.reader(file, **options))


def test_a_row_an_epoch(model, examples, tmp_path):
    path = tmp_path / "log.csv"
    log = callbacks.CSVLogger(path)
    found = model.fit(*examples, epochs=3, verbose=0, callbacks=[log]).history
    header, *numbers = rows(path)
    assert header == ["epoch", "loss", "accuracy"]
    for epoch, row in enumerate(numbers):
        assert row == [str(epoch), repr(found["loss"][epoch]), repr(found["accuracy"][epoch])]
    model.fit(*examples, verbose=0, callbacks=[log])
    assert len(rows(path)) == 2  # a new fit begins a new file


def test_rows_are_added(model, examples, tmp_path):
    path = tmp_path / "log.csv"
    for first in (0, 2):
        log = callbacks.CSVLogger(path, separator=";", append=True)
        model.fit(*examples, epochs=first + 2, initial_epoch=first, verbose=0, callbacks=[log])
    assert [row[0] for row in rows(path, delimiter=";")] == ["epoch", "0", "1", "2", "3"]


def test_rows_that_are_gone_are_missed(tmp_path):
    log = callbacks.CSVLogger(tmp_path / "log.csv")
    log.on_train_begin()
    with pytest.raises(ValueError, match="rows before this moment are missing"):
        log.set_state({"names": ["loss"], "size": 30})


def test_a_folder_that_is_not_there(model, examples, tmp_path):
    with pytest.raises(FileNotFoundError):
        model.fit(
            *examples, verbose=0, callbacks=[callbacks.CSVLogger(tmp_path / "none" / "log.csv")]
        )
