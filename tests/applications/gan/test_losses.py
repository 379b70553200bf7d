"""The losses of both players against their formulas, written out; the penalty too."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import minidl
from minidl import Tensor, check_grads, ops
from minidl.applications import gan
from minidl.applications.gan import losses


def sigmoid(s):
    return 1 / (1 + np.exp(-s))


#: Straight from the papers, by name: the discriminator's loss, the generator's.
FORMULAS = {
    "minimax": (
        lambda real, fake: -np.log(sigmoid(real)).mean() - np.log(1 - sigmoid(fake)).mean(),
        lambda fake: np.log(1 - sigmoid(fake)).mean(),
    ),
    "non_saturating": (
        lambda real, fake: -np.log(sigmoid(real)).mean() - np.log(1 - sigmoid(fake)).mean(),
        lambda fake: -np.log(sigmoid(fake)).mean(),
    ),
    "least_squares": (
        lambda real, fake: 0.5 * ((real - 1) ** 2).mean() + 0.5 * (fake**2).mean(),
        lambda fake: 0.5 * ((fake - 1) ** 2).mean(),
    ),
    "hinge": (
        lambda real, fake: np.maximum(0, 1 - real).mean() + np.maximum(0, 1 + fake).mean(),
        lambda fake: -fake.mean(),
    ),
    "wasserstein": (
        lambda real, fake: fake.mean() - real.mean(),
        lambda fake: -fake.mean(),
    ),
}


@st.composite
def scores(draw):
    rng = np.random.default_rng(draw(st.integers(0, 999)))
    sizes = draw(st.integers(1, 9)), draw(st.integers(1, 9))
    return [draw(st.sampled_from([0.1, 1.0, 5.0])) * rng.normal(size=n) for n in sizes]


def test_all_are_known():
    assert set(FORMULAS) == set(losses.LOSSES) == set(gan.LOSSES)


@pytest.mark.parametrize("name", FORMULAS)
@given(scores=scores())
def test_formulas(name, scores):
    real, fake = scores
    loss, (for_discriminator, for_generator) = losses.get(name), FORMULAS[name]
    found = loss.discriminator(Tensor(real), Tensor(fake)).item()
    assert found == pytest.approx(for_discriminator(real, fake))
    assert loss.generator(Tensor(fake)).item() == pytest.approx(for_generator(fake))


@pytest.mark.parametrize("name", FORMULAS)
@given(scores=scores())
def test_gradients_are_those_of_the_formulas(name, scores):
    """By central differences of the formula, which share nothing with the library."""
    real, fake = scores
    if name == "hinge":  # away from its kinks
        real, fake = (np.where(np.abs(np.abs(s) - 1) < 1e-3, 0.5, s) for s in (real, fake))
    loss, (for_discriminator, for_generator) = losses.get(name), FORMULAS[name]
    tensors = [Tensor(s, requires_grad=True) for s in (real, fake)]
    by_real, by_fake = minidl.grad(loss.discriminator(*tensors), tensors)
    (of_generator,) = minidl.grad(loss.generator(tensors[1]), tensors[1])
    h = 1e-5
    for found, scores_, formula in (
        (by_real, real, lambda s: for_discriminator(s, fake)),
        (by_fake, fake, lambda s: for_discriminator(real, s)),
        (of_generator, fake, for_generator),
    ):
        steps = h * np.eye(len(scores_))
        expected = [(formula(scores_ + d) - formula(scores_ - d)) / (2 * h) for d in steps]
        np.testing.assert_allclose(found.data, expected, rtol=1e-5, atol=1e-8)


@pytest.mark.parametrize("name", ["minimax", "non_saturating"])
def test_sure_scores_lose_no_digits(name):
    """Where σ rounds to 0 or 1, a logarithm of it would be −∞."""
    loss = losses.get(name)
    wrong = loss.discriminator(Tensor([-1000.0]), Tensor([1000.0]))
    assert wrong.item() == pytest.approx(2000)
    assert np.isfinite(loss.generator(Tensor([-1000.0, 1000.0])).item())


def test_the_generators_slope_where_it_is_worst():
    """Why there are two: fakes that are seen through teach by one loss, and not by the other."""
    fake = Tensor([-10.0], requires_grad=True)
    slopes = {
        name: abs(minidl.grad(losses.get(name).generator(fake), fake)[0].item())
        for name in ("minimax", "non_saturating")
    }
    assert slopes["minimax"] < 1e-4
    assert slopes["non_saturating"] > 0.99


def test_an_unknown_loss():
    with pytest.raises(ValueError, match="unknown loss 'hinges': did you mean 'hinge'"):
        losses.get("hinges")


def critic():
    """A small critic of smooth parts: (weights, score)."""
    rng = np.random.default_rng(1)
    weights = [rng.normal(size=(3, 3, 1, 2)), rng.normal(size=(8, 4)), rng.normal(size=(4, 1))]

    def score(x, kernel, hidden, out):
        y = ops.reshape(ops.tanh(ops.conv2d(x, kernel)), (x.shape[0], -1))
        return ops.reshape(ops.tanh(y @ hidden) @ out, (-1,))

    return weights, score


def images(seed):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(3, 4, 4, 1)), rng.normal(size=(3, 4, 4, 1)), rng.random(3)


def test_the_penalty_against_differences():
    """The slope at each point between, by central differences; then the formula."""
    weights, score = critic()
    real, fake, mix = images(0)
    found = losses.gradient_penalty(lambda x: score(x, *weights), real, fake, mix).item()
    lengths = []
    for i in range(3):
        x = mix[i] * real[i : i + 1] + (1 - mix[i]) * fake[i : i + 1]
        steps = 1e-5 * np.eye(16).reshape(16, 1, 4, 4, 1)
        slope = [(score(x + d, *weights) - score(x - d, *weights)).item() / 2e-5 for d in steps]
        lengths.append(np.linalg.norm(slope))
    assert found == pytest.approx(np.mean((np.array(lengths) - 1) ** 2), rel=1e-6)


def test_the_penaltys_gradient_by_the_weights():
    """A derivative of a derivative, against differences of the penalty itself."""
    weights, score = critic()
    real, fake, mix = images(2)
    check_grads(
        lambda *w: losses.gradient_penalty(lambda x: score(x, *w), real, fake, mix), *weights
    )


@pytest.mark.parametrize("form", gan.FORMS)
def test_the_penaltys_gradient_through_a_discriminator(form):
    """Layers and fused operations too: all weights at once, in one direction."""
    network = gan.discriminator(form, (8, 8, 1), width=4)
    for part in (network, *network.layers):
        part.dtype = "float64"  # a step so small that it crosses no kink of LeakyReLU
    rng = np.random.default_rng(3)
    real, fake = rng.normal(size=(2, 5, 8, 8, 1))
    mix = rng.random(5)
    wanted = network.trainable_weights
    before = [w.data.astype(np.float64) for w in wanted]
    direction = [rng.normal(size=w.shape) for w in wanted]

    def penalty(h):
        for w, data, d in zip(wanted, before, direction, strict=True):
            w.data = data + h * d
        return losses.gradient_penalty(
            lambda x: ops.reshape(network(x, training=True), (-1,)), real, fake, mix
        )

    slope = (penalty(1e-6).item() - penalty(-1e-6).item()) / 2e-6
    found = minidl.grad(penalty(0.0), wanted)
    along = sum(float(np.vdot(g.data, d)) for g, d in zip(found, direction, strict=True))
    assert along == pytest.approx(slope, rel=1e-6)


def test_a_flat_critic_has_a_finite_penalty():
    flat = Tensor(np.zeros((4, 4, 1)), requires_grad=True)
    real = np.ones((2, 4, 4, 1))
    penalty = losses.gradient_penalty(
        lambda x: ops.sum(x * flat, axis=(1, 2, 3)), real, -real, np.array([0.2, 0.7])
    )
    assert penalty.item() == pytest.approx(1)
    (slope,) = minidl.grad(penalty, flat)
    assert np.isfinite(slope.data).all()
