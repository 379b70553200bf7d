import numpy as np
import pytest

from minidl import callbacks


def test_functions_as_a_callback(model, examples):
    seen = []
    moments = (
        "on_train_begin",
        "on_epoch_begin",
        "on_train_batch_begin",
        "on_train_batch_end",
        "on_epoch_end",
        "on_train_end",
    )
    functions = {
        name: lambda *given, name=name: seen.append((name, *given[:1])) for name in moments
    }
    together = callbacks.LambdaCallback(**functions)
    model.fit(*examples, 12, verbose=0, callbacks=[together])
    batches = [(f"on_train_batch_{when}", i) for i in (0, 1) for when in ("begin", "end")]
    assert seen == [
        ("on_train_begin",),
        ("on_epoch_begin", 0),
        *batches,
        ("on_epoch_end", 0),
        ("on_train_end",),
    ]


def test_what_is_no_callback_is_refused(model, examples):
    with pytest.raises(TypeError, match="needs Callback objects, got 3"):
        model.fit(*examples, verbose=0, callbacks=[3])
    with pytest.raises(ValueError, match=r"moment.*'on_epoch_ends'.*on_epoch_end"):
        callbacks.LambdaCallback(on_epoch_ends=print)
    with pytest.raises(TypeError, match="on_epoch_end needs a function, got 1"):
        callbacks.LambdaCallback(on_epoch_end=1)


def test_initial_epoch_counts_on(model, examples):
    seen = []
    note = callbacks.LambdaCallback(on_epoch_begin=seen.append)
    history = model.fit(*examples, epochs=5, initial_epoch=3, verbose=0, callbacks=[note])
    assert seen == history.epoch == [3, 4]
    assert model.fit(*examples, epochs=2, initial_epoch=2, verbose=0).epoch == []


def test_the_loss_is_not_finite(model, examples, capsys):
    x, y = examples
    model.layers[-1].set_weights([np.full((16, 3), np.inf), np.zeros(3)])
    with pytest.raises(ValueError, match=r"loss became nan at epoch 1, batch 1.*'dense"):
        model.fit(x, y, verbose=0)
    stop = callbacks.TerminateOnNaN()
    history = model.fit(x, y, epochs=3, verbose=0, callbacks=[stop])
    assert history.epoch == []
    assert "epoch 1, batch 1" in stop.message
    assert capsys.readouterr().out == f"{stop.message}\n"
