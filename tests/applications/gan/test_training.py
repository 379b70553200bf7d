"""The game: whose turn it is, and what is drawn."""

import numpy as np
import pytest

from minidl import load_model
from minidl.applications import gan
from minidl.applications.gan.training import frozen
from minidl.runtime import random

SHAPE = (8, 8, 1)


def recipe(**options):
    return gan.Recipe(**{"width": 4, "latent_dim": 5, "batch_size": 6, "seed": 3} | options)


def data(count=40, classes=3):
    rng = np.random.default_rng(0)
    return rng.random((count, *SHAPE), np.float32), np.arange(count) % classes


def make(**options):
    with random.seeded(0):
        return gan.GAN(recipe(**options), SHAPE, classes=3)


def batches(network):
    x, y = data()
    return gan.Batches(2 * x - 1, y, 6, network.loss.turns).of_step(0)


def every_weight(network):
    return [weight.data.copy() for weight in network.weights]


def equal(a, b):
    return all(np.array_equal(x, y) for x, y in zip(a, b, strict=True))


@pytest.mark.parametrize("loss", gan.LOSSES)
@pytest.mark.parametrize("form", gan.FORMS)
@pytest.mark.parametrize("conditional", [True, False])
def test_only_the_one_whose_turn_it_is_changes(form, loss, conditional):
    network = make(form=form, loss=loss, conditional=conditional)
    ((real, labels), *_) = batches(network)
    wanted = np.eye(3, dtype=np.float32)[labels] if conditional else np.empty((6, 0), np.float32)
    inputs = np.concatenate([network.noise(6), wanted], axis=1)
    fake = network.generator(inputs, training=True)
    both = network.generator, network.discriminator

    before = [every_weight(each) for each in both]
    network.discriminator_turn(real, fake, wanted, np.full(6, 0.5, np.float32))
    assert equal(every_weight(network.generator), before[0])
    for weight, old in zip(network.discriminator.trainable_weights, before[1], strict=True):
        # What all scores share plays no part in the difference of their means.
        assert weight.name == "bias" or not np.array_equal(weight.data, old)
    assert all(weight.grad is None for each in both for weight in each.weights)

    before = [every_weight(each) for each in both]
    network.generator_turn(fake, wanted)
    assert equal(every_weight(network.discriminator), before[1])
    changed = [
        not np.array_equal(weight.data, old)
        for weight, old in zip(network.generator.weights, before[0], strict=True)
        if weight.requires_grad
    ]
    assert all(changed)
    assert all(weight.grad is None for each in both for weight in each.weights)
    assert all(weight.requires_grad for weight in network.discriminator.weights)


def test_frozen_thaws_after_an_error():
    network = make().discriminator
    with frozen(network):
        assert not network.trainable_weights
    error = KeyError()
    with pytest.raises(KeyError), frozen(network):
        raise error
    assert network.trainable_weights == network.weights


def test_a_step_gives_the_losses_of_the_formulas():
    """The scores of the networks as they were, put into the formulas by hand."""
    network, twin = make(loss="least_squares"), make(loss="least_squares")
    ((real, labels),) = batches(network)
    wanted = np.eye(3, dtype=np.float32)[labels]
    noise = np.random.default_rng((3, 1, 0)).standard_normal((6, 5), np.float32)
    fake = twin.generator(np.concatenate([noise, wanted], axis=1), training=True)
    scores = [
        raw[:, 0] + raw[np.arange(6), 1 + labels]
        for raw in (twin.discriminator(x).data for x in (real, fake.data))
    ]
    for_discriminator, for_generator = network.step([(real, labels)])
    expected = 0.5 * ((scores[0] - 1) ** 2).mean() + 0.5 * (scores[1] ** 2).mean()
    assert for_discriminator == pytest.approx(expected, rel=1e-5)
    # The generator is judged by the discriminator that has just learned.
    raw = network.discriminator(fake.data).data
    after = raw[:, 0] + raw[np.arange(6), 1 + labels]
    assert for_generator == pytest.approx(0.5 * ((after - 1) ** 2).mean(), rel=1e-5)


def test_the_averaged_generator_follows():
    network = make(averaging=0.5)
    steps = [batches(network)] * 12
    slow = every_weight(network.averaged)
    assert equal(slow, every_weight(network.generator))
    for made, each in enumerate(steps):
        network.step(each)
        stays = min(0.5, (1 + made) / (10 + made))
        slow = [
            stays * a + (1 - stays) * w.data
            for a, w in zip(slow, network.generator.weights, strict=True)
        ]
    for found, expected in zip(every_weight(network.averaged), slow, strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-6)


def test_a_saved_generator_makes_the_same_images(tmp_path):
    network = make()
    network.step(batches(network))
    images = network.generate(network.noise(4), [0, 1, 2, 0])
    assert images.shape == (4, *SHAPE)
    assert images.min() >= 0
    assert images.max() <= 1
    network.averaged.save(tmp_path / "model.safetensors")
    loaded = load_model(tmp_path / "model.safetensors")
    again = gan.generate(loaded, network.noise(4), [0, 1, 2, 0], classes=3)
    assert np.array_equal(images, again)


@pytest.mark.parametrize(
    ("conditional", "labels", "message"),
    [
        (True, None, "labels are missing"),
        (True, [0, 3], "class numbers from 0 to 2, got 3"),
        (False, [0, 1], "knows no classes"),
    ],
)
def test_generate_refuses(conditional, labels, message):
    network = make(conditional=conditional)
    with pytest.raises(ValueError, match=message):
        network.generate(network.noise(2), labels)


def test_batches_take_every_image_once_an_epoch():
    x, y = np.arange(26.0).reshape(26, 1, 1, 1), np.arange(26)
    found = gan.Batches(x, y, 4, turns=3, seed=1)
    assert found.steps == 2
    epochs = []
    for epoch in range(2):
        taken = [found.of_step(2 * epoch + i) for i in range(2)]
        assert all(len(step) == 3 for step in taken)
        pairs = [pair for step in taken for pair in step]
        assert all(np.array_equal(images.ravel(), labels) for images, labels in pairs)
        epochs.append(np.concatenate([labels for _, labels in pairs]))
        assert len(set(epochs[-1].tolist())) == 24
    assert not np.array_equal(*epochs)
    again = gan.Batches(x, y, 4, turns=3, seed=1).of_step(3)
    assert np.array_equal(again[2][1], epochs[1][20:])
    with pytest.raises(ValueError, match="needs 3 × 9 images, but there are only 26"):
        gan.Batches(x, y, 9, turns=3)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"loss": "wassertein"}, "did you mean 'wasserstein'"),
        ({"form": "conv"}, "unknown form 'conv'"),
        ({"batch_size": 1}, "batch_size needs a whole number of at least 2"),
        ({"width": 0}, "width"),
        ({"learning_rate": 0.0}, "learning_rate"),
        ({"averaging": 1.0}, "averaging needs a number below 1"),
        ({"seed": -1}, "seed"),
    ],
)
def test_a_recipe_refuses(options, message):
    with pytest.raises(ValueError, match=message):
        recipe(**options)


@pytest.mark.parametrize(("shape", "form"), [((28, 30, 1), "dcgan"), ((0, 4, 1), "dense")])
def test_networks_refuse_sizes(shape, form):
    for make_network in (gan.generator, gan.discriminator):
        with pytest.raises(ValueError, match=r"divisible by 4|whole number"):
            make_network(form, shape)


@pytest.mark.parametrize("form", gan.FORMS)
@pytest.mark.parametrize("shape", [(8, 12, 3), (4, 4, 1)])
def test_networks_of_any_size(form, shape):
    makes = gan.generator(form, shape, latent_dim=3, classes=2, width=4)
    judges = gan.discriminator(form, shape, classes=2, width=4)
    images = makes(np.ones((2, 5), np.float32))
    assert images.shape == (2, *shape)
    assert np.abs(images.data).max() <= 1
    assert judges(images).shape == (2, 3)
