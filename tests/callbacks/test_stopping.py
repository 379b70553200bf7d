import numpy as np
import pytest

from minidl import callbacks

LOSSES = [3.0, 2.0, 2.5, 2.2, 1.0, 1.5, 1.4, 1.3, 0.5]


@pytest.mark.parametrize(("patience", "last", "best"), [(0, 2, 1), (1, 2, 1), (2, 3, 1), (3, 7, 4)])
def test_it_ends_when_nothing_has_got_better(model, play, patience, last, best):
    stop = callbacks.EarlyStopping(patience=patience)
    rates = play(model, stop, "val_loss", LOSSES)
    assert len(rates) == last + 1
    assert (stop.stopped_epoch, stop.best_epoch, stop.best) == (last, best, LOSSES[best])


@pytest.mark.parametrize("mode", ["auto", "max"])
def test_of_accuracy_more_is_better(model, play, mode):
    stop = callbacks.EarlyStopping("val_accuracy", mode=mode, patience=1)
    play(model, stop, "val_accuracy", [0.1, 0.2, 0.15])
    assert stop.best == 0.2
    assert stop.stopped_epoch == 2


def test_a_small_improvement_does_not_count(model, play):
    stop = callbacks.EarlyStopping(min_delta=0.5, patience=2)
    play(model, stop, "val_loss", [3.0, 2.6, 2.4, 2.0, 1.9])
    assert stop.best_epoch == 2
    assert stop.stopped_epoch == 4


def test_a_baseline_has_to_be_surpassed(model, play):
    stop = callbacks.EarlyStopping(baseline=1.0, patience=2)
    play(model, stop, "val_loss", [3.0, 2.5, 2.4, 2.6])
    assert stop.stopped_epoch == 3  # improvements do not start the count again above it


def test_first_epochs_are_not_looked_at(model, play):
    stop = callbacks.EarlyStopping(patience=1, start_from_epoch=3)
    play(model, stop, "val_loss", [1.0, 2.0, 3.0, 4.0, 5.0])
    assert (stop.best_epoch, stop.stopped_epoch) == (3, 4)


def test_the_best_weights_come_back(model, examples):
    kept = {}
    keep = callbacks.LambdaCallback(
        on_epoch_end=lambda epoch, logs: kept.update(
            {epoch: (logs["val_loss"], model.get_weights())}
        )
    )
    model.optimizer.learning_rate = 3.0  # overshoots
    stop = callbacks.EarlyStopping(patience=2, restore_best_weights=True)
    x, y = examples
    data = {"validation_data": (x[:9], (y[:9] + 1) % 3), "epochs": 30, "verbose": 0}
    model.fit(x, y, 4, callbacks=[keep, stop], **data)
    best = min(kept, key=lambda epoch: kept[epoch][0])
    assert best == stop.best_epoch < stop.stopped_epoch == max(kept)
    for weight, expected in zip(model.get_weights(), kept[best][1], strict=True):
        np.testing.assert_array_equal(weight, expected)


def test_it_says_why(model, play, capsys):
    play(model, callbacks.EarlyStopping(patience=1, verbose=1), "val_loss", [1.0, 2.0])
    assert "val_loss has not got better since epoch 1 (1.0000)" in capsys.readouterr().out


def test_bad_arguments(model, examples):
    with pytest.raises(ValueError, match=r"'val_los'.*give fit validation_data"):
        model.fit(*examples, verbose=0, callbacks=[callbacks.EarlyStopping("val_los")])
    with pytest.raises(ValueError, match=r"EarlyStopping: mode.*'least'"):
        callbacks.EarlyStopping(mode="least")
    with pytest.raises(ValueError, match="EarlyStopping: patience"):
        callbacks.EarlyStopping(patience=-1)
    with pytest.raises(TypeError, match="monitor needs the name"):
        callbacks.EarlyStopping(3)
