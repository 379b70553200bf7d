"""Exercise 15: the losses of a GAN, held against the formulas in decimal arithmetic."""

import decimal
import math
import statistics

import numpy as np

from minidl.classroom.task import Exercise, Task

TIGHT = 1e-9
DIGITS = 50
CLIP = 1e-7  # as in Keras


def _scores(draw):
    scale = draw.choice(1, 1, 1000)  # where exp overflows
    return tuple(draw.array(draw.integer(1, 3), low=-3, high=3) * scale for _ in range(2))


def _fake_scores(draw):
    return (draw.array(draw.integer(1, 3), low=-3, high=3) * draw.choice(1, 1, 1000),)


def _small_scores(draw):
    return tuple(draw.array(draw.integer(1, 3), low=-4, high=4) for _ in range(2))


def _scores_and_gradients(draw):
    shape = [draw.integer(1, 2) for _ in range(4)]
    gradients = draw.array(*shape, low=-2, high=2) * draw.choice(1, 0.25)  # lengths below 1 too
    return *_small_scores(draw), gradients, draw.choice(10.0, 2.0)


def _softplus(s):
    """Return log(1 + exp(s)), which is −log(1 − σ(s)), and −log σ(−s): in decimal arithmetic."""
    with decimal.localcontext(prec=DIGITS):
        return float((1 + decimal.Decimal(s).exp()).ln())


def _mean_softplus(scores):
    return statistics.fmean(_softplus(s) for s in scores.tolist())


def _discriminator_loss(real, fake):
    return _mean_softplus(-real) + _mean_softplus(fake)


def _generator_losses(fake):
    return -_mean_softplus(fake), _mean_softplus(-fake)


def _sigmoid(s):
    return 1 / (1 + np.exp(-s))


def _clipped(s):
    return np.clip(_sigmoid(s), CLIP, 1 - CLIP)


def _discriminator_by(p, mean=np.mean):
    """Return the loss as the formula has it; `p` makes probabilities of scores."""
    return lambda real, fake: -mean(np.log(p(real))) - mean(np.log(1 - p(fake)))


def _generator_by(p):
    return lambda fake: (np.mean(np.log(1 - p(fake))), -np.mean(np.log(p(fake))))


def _sum_of_discriminator(real, fake):
    return len(real) * _mean_softplus(-real) + len(fake) * _mean_softplus(fake)


def _generators(minimax, non_saturating):
    """Return a pair of losses, each a function of the two right ones."""

    def mistaken(fake):
        right = _generator_losses(fake)
        return minimax(*right), non_saturating(*right)

    return mistaken


def _first(minimax, non_saturating):
    return minimax


def _second(minimax, non_saturating):
    return non_saturating


def _least_squares(real, fake):
    right = statistics.fmean((s - 1) ** 2 for s in real.tolist())
    taken = statistics.fmean(s**2 for s in fake.tolist())
    return (right + taken) / 2, statistics.fmean((s - 1) ** 2 for s in fake.tolist()) / 2


def _apart_from(measure=np.square, mean=np.mean, half=0.5, wanted=1):
    """Return least squares by NumPy, something of which can be wrong."""

    def mistaken(real, fake):
        discriminator = half * mean(measure(real - 1)) + half * mean(measure(fake))
        return discriminator, half * mean(measure(fake - wanted))

    return mistaken


def _half_of_discriminator_alone(real, fake):
    discriminator, generator = _least_squares(real, fake)
    return discriminator, 2 * generator


def _wasserstein(real, fake, gradients, weight):
    lengths = [math.hypot(*image.ravel().tolist()) for image in gradients]
    penalty = statistics.fmean((length - 1) ** 2 for length in lengths)
    fake = statistics.fmean(fake.tolist())
    return fake - statistics.fmean(real.tolist()) + weight * penalty, -fake


def _punished(penalty):
    """Return the losses with another penalty, a function of the gradients."""

    def mistaken(real, fake, gradients, weight):
        return fake.mean() - real.mean() + weight * penalty(gradients), -fake.mean()

    return mistaken


def _lengths(gradients, axis=(1, 2, 3)):
    return np.sqrt((gradients**2).sum(axis=axis))


def _of_lengths(punishment, length=_lengths):
    return _punished(lambda gradients: np.mean(punishment(length(gradients))))


def _away_from_one(length):
    return (length - 1) ** 2


def _scores_exchanged(real, fake, gradients, weight):
    _, generator = _wasserstein(real, fake, gradients, weight)
    return _wasserstein(fake, real, gradients, weight)[0], generator


def _sums(real, fake, gradients, weight):
    penalty = _away_from_one(_lengths(gradients)).sum()
    return fake.sum() - real.sum() + weight * penalty, -fake.sum()


def _generator_up(real, fake, gradients, weight):
    critic, generator = _wasserstein(real, fake, gradients, weight)
    return critic, -generator


EXCHANGED = "real and fake are exchanged"
SUM = "a sum over the batch instead of a mean"
OVERFLOWS = "log σ is not exact: infinite for large scores"
CLIPPED = "σ is clipped: the loss of large scores is lost"

EXERCISE = Exercise(
    number=15,
    name="gan_losses",
    tasks=(
        Task(
            "discriminator_loss",
            inputs=_scores,
            judge=_discriminator_loss,
            tolerance=TIGHT,
            mistakes={
                OVERFLOWS: _discriminator_by(_sigmoid),
                CLIPPED: _discriminator_by(_clipped),
                EXCHANGED: lambda real, fake: _discriminator_loss(fake, real),
                SUM: _sum_of_discriminator,
                "the minus signs are missing": lambda real, fake: -_discriminator_loss(real, fake),
                "`1 −` is left out: log σ(fake)": lambda real, fake: _discriminator_loss(
                    real, -fake
                ),
                "half of it: the mean of the two parts": lambda real, fake: (
                    _discriminator_loss(real, fake) / 2
                ),
                "one mean over all scores together": lambda real, fake: _mean_softplus(
                    np.concatenate([-real, fake])
                ),
                "the scores are taken for probabilities": _discriminator_by(lambda s: s),
                "the logarithm is left out": lambda real, fake: (
                    np.mean(_sigmoid(fake)) - np.mean(_sigmoid(real))
                ),
            },
        ),
        Task(
            "generator_losses",
            inputs=_fake_scores,
            judge=_generator_losses,
            tolerance=TIGHT,
            mistakes={
                OVERFLOWS: _generator_by(_sigmoid),
                CLIPPED: _generator_by(_clipped),
                "the two losses are exchanged": _generators(_second, _first),
                "both are the minimax loss": _generators(_first, _first),
                "both are the non-saturating loss": _generators(_second, _second),
                "minimax: a minus sign too many, as in the discriminator's loss": _generators(
                    lambda minimax, _: -minimax, _second
                ),
                "non-saturating: the minus sign is missing": _generators(
                    _first, lambda _, non_saturating: -non_saturating
                ),
                "minimax: `1 −` is left out": _generators(
                    lambda _, non_saturating: -non_saturating, _second
                ),
                SUM: lambda fake: tuple(len(fake) * loss for loss in _generator_losses(fake)),
            },
        ),
        Task(
            "least_squares",
            inputs=_small_scores,
            judge=_least_squares,
            tolerance=TIGHT,
            mistakes={
                EXCHANGED: lambda real, fake: _least_squares(fake, real),
                SUM: _apart_from(mean=np.sum),
                "½ is left out": _apart_from(half=1),
                "½ is left out in the generator's loss": _half_of_discriminator_alone,
                "the generator wants the score 0 instead of 1": _apart_from(wanted=0),
                "σ is applied to the scores": lambda real, fake: _least_squares(
                    _sigmoid(real), _sigmoid(fake)
                ),
                "absolute differences instead of squares": _apart_from(measure=np.abs),
            },
        ),
        Task(
            "wasserstein",
            inputs=_scores_and_gradients,
            judge=_wasserstein,
            tolerance=TIGHT,
            mistakes={
                "E real − E fake: real and fake are exchanged": _scores_exchanged,
                "the generator's minus sign is missing": _generator_up,
                "the generator's loss is missing": lambda *arguments: _wasserstein(*arguments)[0],
                "the gradient penalty is left out": _punished(lambda gradients: 0),
                "the penalty is not multiplied by its weight": (
                    lambda real, fake, gradients, weight: _wasserstein(real, fake, gradients, 1)
                ),
                "the penalty is subtracted": lambda real, fake, gradients, weight: _wasserstein(
                    real, fake, gradients, -weight
                ),
                "one length for the whole batch instead of one for each image": _of_lengths(
                    _away_from_one, lambda gradients: _lengths(gradients, None)
                ),
                "a length for each pixel instead of each image": _of_lengths(
                    _away_from_one, lambda gradients: _lengths(gradients, 3)
                ),
                "the sizes of single slopes instead of the gradient's length": _of_lengths(
                    _away_from_one, abs
                ),
                "no root: the squared length": _of_lengths(
                    _away_from_one, lambda gradients: _lengths(gradients) ** 2
                ),
                "mean instead of sum under the root": _of_lengths(
                    _away_from_one, lambda gradients: np.sqrt((gradients**2).mean(axis=(1, 2, 3)))
                ),
                "the sum of absolute slopes instead of the length": _of_lengths(
                    _away_from_one, lambda gradients: abs(gradients).sum(axis=(1, 2, 3))
                ),
                "only lengths above 1 are penalised": _of_lengths(
                    lambda length: np.maximum(length - 1, 0) ** 2
                ),
                "the length should be 0 instead of 1": _of_lengths(np.square),
                "‖g‖ − 1 is not squared": _of_lengths(lambda length: length - 1),
                "‖g‖² − 1 instead of (‖g‖ − 1)²": _of_lengths(lambda length: length**2 - 1),
                SUM: _sums,
                "the penalty is a sum over the batch instead of a mean": _punished(
                    lambda gradients: _away_from_one(_lengths(gradients)).sum()
                ),
            },
        ),
    ),
    hints=(
        """
        Put 1 / (1 + exp(−s)) into log σ(s), and simplify. What is 1 − σ(s) as a fraction?
        Does either loss need σ itself?
        wasserstein: how many lengths ‖g‖ does a batch of B images have?
        """,
        """
        −log σ(s) = log(1 + exp(−s)), and −log(1 − σ(s)) = log(1 + exp(s)). So one function,
        softplus(s) = log(1 + exp(s)), is enough for the first two tasks. exp(1000) is infinite,
        and exp(−1000) does no harm: how can softplus do without exp of a large number? There is
        a function in NumPy as well: np.logaddexp.
        wasserstein: sum the squares over all axes but the first.
        """,
        """
            def softplus(s):
                return np.maximum(s, 0) + np.log1p(np.exp(-abs(s)))

        With it:

            discriminator = softplus(-real).mean() + …
            minimax = -softplus(fake).mean()

        wasserstein:

            lengths = np.sqrt((gradients**2).sum(axis=(1, 2, 3)))    # (B,)
            penalty = … the mean of (lengths - 1)**2
        """,
    ),
)
