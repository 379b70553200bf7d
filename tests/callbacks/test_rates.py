import pytest

from minidl import callbacks, optimizers


def test_a_function_gives_the_rate(model, examples, capsys):
    halve = callbacks.LearningRateScheduler(
        lambda epoch, rate: rate / 2 if epoch else 0.8, verbose=1
    )
    history = model.fit(*examples, epochs=3, verbose=0, callbacks=[halve])
    assert history.history["learning_rate"] == [0.8, 0.4, 0.2]
    assert "Epoch 2: the learning rate is 0.4" in capsys.readouterr().out


def test_a_rate_that_is_none_is_refused(model, examples):
    bad = callbacks.LearningRateScheduler(lambda epoch, rate: -1.0)
    with pytest.raises(ValueError, match="learning_rate"):
        model.fit(*examples, verbose=0, callbacks=[bad])
    with pytest.raises(TypeError, match="schedule needs a function, got"):
        callbacks.LearningRateScheduler(0.1)


def test_a_schedule_cannot_be_overruled(model, examples):
    model.compile(
        optimizers.SGD(optimizers.schedules.CosineDecay(0.1, 10)), "sparse_categorical_crossentropy"
    )
    with pytest.raises(TypeError, match="schedule CosineDecay gives it"):
        model.fit(
            *examples, verbose=0, callbacks=[callbacks.LearningRateScheduler(lambda e, rate: 0.1)]
        )


@pytest.mark.parametrize(
    ("options", "losses", "expected"),
    [
        ({"patience": 1}, [3, 3, 2, 2, 2], [1, 1, 0.1, 0.1, 0.01]),
        ({"patience": 2, "factor": 0.5}, [3, 3, 3, 3, 3, 3], [1, 1, 1, 0.5, 0.5, 0.25]),
        ({"patience": 1, "cooldown": 2}, [3] * 6, [1, 1, 0.1, 0.1, 0.01, 0.01]),
        ({"patience": 1, "min_lr": 0.05}, [3] * 5, [1, 1, 0.1, 0.05, 0.05]),
        ({"patience": 1, "min_delta": 0.5}, [3, 2.6, 2.4, 2.3], [1, 1, 0.1, 0.1]),
    ],
)
def test_the_rate_falls_on_a_plateau(model, play, options, losses, expected):
    model.optimizer.learning_rate = 1.0
    reduce = callbacks.ReduceLROnPlateau("loss", **options)
    assert play(model, reduce, "loss", losses) == pytest.approx(expected)


def test_bad_arguments():
    with pytest.raises(ValueError, match="factor"):
        callbacks.ReduceLROnPlateau(factor=1)
    with pytest.raises(ValueError, match="cooldown"):
        callbacks.ReduceLROnPlateau(cooldown=-1)
