"""The game: a discriminator and a generator, which take turns at learning from each other."""

import contextlib
from dataclasses import asdict, dataclass, fields

import numpy as np

from minidl import ops
from minidl.applications.gan import losses, networks
from minidl.autograd import no_grad
from minidl.optimizers import Adam
from minidl.runtime import blas, checks


@dataclass(frozen=True)
class Recipe:
    """How a GAN is made and trained; checked when it is made.

    Attributes
    ----------
    form : "dcgan" or "dense"
    loss : str
        One of `losses.LOSSES`.
    conditional : bool
        Whether the generator is told the class of the image that it shall make, and the
        discriminator the class that an image shall have.
    latent_dim : int
        Length of the noise.
    width : int
        Of both networks: see `networks.generator`.
    batch_size : int
        Real images a turn, and as many fake ones; at least 2.
    learning_rate : float
        Of Adam, for both networks.
    averaging : float in [0, 1)
        How much of the averaged generator stays at each step: see `GAN.averaged`.
    seed : int
    """

    form: str = "dcgan"
    loss: str = "non_saturating"
    conditional: bool = True
    latent_dim: int = 64
    width: int = 64
    batch_size: int = 64
    learning_rate: float = 2e-4
    averaging: float = 0.999
    seed: int = 0

    def __post_init__(self):
        """Refuse what cannot be trained."""
        losses.get(self.loss)
        if self.form not in networks.FORMS:
            raise checks.unknown_name("form", self.form, networks.FORMS)
        if not isinstance(self.conditional, bool):
            raise TypeError(f"conditional needs True or False, got {self.conditional!r}")
        for name, least in {"latent_dim": 1, "width": 2, "batch_size": 2, "seed": 0}.items():
            checks.integer(getattr(self, name), name, least)
        checks.real(self.learning_rate, "learning_rate", 0, np.inf, exclusive=True)
        if checks.real(self.averaging, "averaging", 0, 1) == 1:
            raise ValueError("averaging needs a number below 1: with 1 nothing would be learned")

    def to_dict(self):
        """Return the recipe as JSON knows it."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values):
        """Return the recipe that `to_dict` described; names that it does not know are refused."""
        known = [field.name for field in fields(cls)]
        if not isinstance(values, dict) or set(values) != set(known):
            raise ValueError(f"a recipe needs {', '.join(known)}, got {values!r:.200}")
        return cls(**values)


class GAN:
    """Two networks and their optimizers.

    Weights are drawn from minidl's random numbers (`minidl.set_random_seed`); all else that is
    random follows from the recipe's seed and the number of the step, so that any step can be
    made again.

    Parameters
    ----------
    recipe : Recipe
    image_shape : (H, W, C)
    classes : int
        How many there are; of no account unless the recipe is conditional.

    Attributes
    ----------
    generator, discriminator : Model
    averaged : Model
        A generator whose weights follow those of the other slowly, as a running mean. The one
        that learns circles around what is best; the mean lies nearer to it (Yazıcı et al.,
        2019). It makes the images that are shown.
    steps : int
        That have been made.

    >>> gan = GAN(Recipe(form="dense", width=2), image_shape=(4, 4, 1), classes=3)
    >>> real, labels = np.zeros((64, 4, 4, 1), np.float32), np.arange(64) % 3
    >>> for_discriminator, for_generator = gan.step([(real, labels)])
    >>> gan.generate(gan.noise(5), [0, 1, 2, 0, 1]).shape
    (5, 4, 4, 1)
    """

    def __init__(self, recipe, image_shape=(28, 28, 1), classes=10):
        self.recipe = recipe
        self.loss = losses.get(recipe.loss)
        self.classes = checks.integer(classes, "GAN: classes", 2) if recipe.conditional else 0
        sizes = {"image_shape": tuple(image_shape), "classes": self.classes, "width": recipe.width}
        make_generator = lambda: networks.generator(  # noqa: E731
            recipe.form, latent_dim=recipe.latent_dim, **sizes
        )
        self.generator, self.averaged = make_generator(), make_generator()
        self.averaged.set_weights(self.generator.get_weights())
        self.discriminator = networks.discriminator(recipe.form, **sizes)
        self.generator_optimizer = self._optimizer(self.generator)
        self.discriminator_optimizer = self._optimizer(self.discriminator)
        self.steps = 0

    def step(self, batches):
        """Make a step: the discriminator's turns, and then the generator's.

        Parameters
        ----------
        batches : sequence of (images, labels)
            One for each of the discriminator's turns (`loss.turns`): images (N, H, W, C) from
            −1 to 1, float32, and class numbers (N,).

        Returns
        -------
        (float, float)
            The discriminator's loss, of its last turn, and the generator's.
        """
        rng = np.random.default_rng((self.recipe.seed, 1, self.steps))
        with blas.single_threaded():
            for real, labels in batches:
                wanted = self._one_hot(labels)
                noise = self._draw_noise(rng, len(real))
                fake = self.generator(self._inputs(noise, wanted), training=True)
                mix = rng.random(len(real), np.float32)
                for_discriminator = self.discriminator_turn(real, fake, wanted, mix)
            for_generator = self.generator_turn(fake, wanted)
        self._average()
        self.steps += 1
        return for_discriminator, for_generator

    def discriminator_turn(self, real, fake, wanted, mix):
        """Teach the discriminator to tell real images from fake ones; returns its loss.

        The generator is left out: `fake` is taken as it is, detached from what made it.
        """
        fake = fake.detach()
        loss = self.loss.discriminator(self.score(real, wanted), self.score(fake, wanted))
        if self.loss.penalty:
            penalty = losses.gradient_penalty(lambda x: self.score(x, wanted), real, fake.data, mix)
            loss = loss + self.loss.penalty * penalty
        loss.backward()
        self.discriminator_optimizer.step()
        self.discriminator_optimizer.zero_grad()
        return loss.item()

    def generator_turn(self, fake, wanted):
        """Teach the generator to make images that are taken for real; returns its loss.

        The discriminator is frozen: the gradient goes through it, and changes nothing in it.
        """
        with frozen(self.discriminator):
            loss = self.loss.generator(self.score(fake, wanted))
            loss.backward()
        self.generator_optimizer.step()
        self.generator_optimizer.zero_grad()
        return loss.item()

    def score(self, images, wanted):
        """Return how real the discriminator finds images, (N,): a logit.

        Of its scores, the first says whether an image looks real at all, and one for each class
        whether it looks like that class; the first and the one of the class that is wanted add
        up. This is the projection discriminator of Miyato and Koyama, 2018.
        """
        scores = self.discriminator(images, training=True)
        shared = np.ones((len(wanted), 1), np.float32)
        return ops.sum(scores * np.concatenate([shared, wanted], axis=1), axis=1)

    def noise(self, count, seed=0):
        """Return `count` rows of noise, standard normal: (count, latent_dim) float32."""
        return self._draw_noise(np.random.default_rng((seed, 2)), count)

    def generate(self, noise, labels=None):
        """Return images (N, H, W, C) from 0 to 1, by the averaged generator.

        Parameters
        ----------
        noise : array (N, latent_dim)
        labels : array (N,), optional
            The classes that are wanted; needed if the GAN is conditional.
        """
        return generate(self.averaged, noise, labels, self.classes)

    def parts(self):
        """Return all that training changes, as `minidl.checkpoints` takes it."""
        return {
            "generator": (self.generator, self.generator_optimizer),
            "discriminator": (self.discriminator, self.discriminator_optimizer),
            "averaged": (self.averaged, None),
        }

    def _optimizer(self, network):
        optimizer = Adam(self.recipe.learning_rate, *self.loss.betas)
        optimizer.build(network.trainable_weights)
        return optimizer

    def _draw_noise(self, rng, count):
        return rng.standard_normal((count, self.recipe.latent_dim), np.float32)

    def _one_hot(self, labels):
        """Return (N, classes); (N, 0) if the GAN is not conditional."""
        if not self.classes:
            return np.empty((len(labels), 0), np.float32)
        return one_hot(labels, self.classes)

    def _inputs(self, noise, wanted):
        return np.concatenate([noise, wanted], axis=1)

    def _average(self):
        """Move the averaged generator towards the other: faster in the beginning."""
        stays = min(self.recipe.averaging, (1 + self.steps) / (10 + self.steps))
        for slow, weight in zip(self.averaged.weights, self.generator.weights, strict=True):
            slow.data += (weight.data - slow.data) * slow.dtype.type(1 - stays)


@contextlib.contextmanager
def frozen(network):
    """Within the block, the weights of `network` ask for no gradient, and stay as they are."""
    weights = network.trainable_weights
    for weight in weights:
        weight.requires_grad = False
    try:
        yield
    finally:
        for weight in weights:
            weight.requires_grad = True


def generate(generator, noise, labels=None, classes=0, batch_size=250):
    """Return the images (N, H, W, C) from 0 to 1 that a generator makes of noise.

    Parameters
    ----------
    generator : Model
        As made by `networks.generator`, or loaded from the ``model.safetensors`` of a run.
    noise : array (N, latent_dim)
    labels : array (N,), optional
        The classes that are wanted, if it was trained on `classes` of them.
    """
    if (labels is None) != (not classes):
        raise ValueError(
            "generate: " + ("labels are missing" if classes else "this generator knows no classes")
        )
    if classes:
        noise = np.concatenate([noise, one_hot(labels, classes)], axis=1)
    batches = [noise[i : i + batch_size] for i in range(0, len(noise), batch_size)]
    with no_grad():
        return np.concatenate([(generator.predict_on_batch(each) + 1) / 2 for each in batches])


def one_hot(labels, classes):
    """Return rows (N, classes) float32 with a 1 for each class number."""
    return np.eye(classes, dtype=np.float32)[checks.class_numbers(labels, "labels", classes)]


class Batches:
    """The real images, in an order that is drawn anew for every epoch.

    The order follows from the seed and the epoch alone. What is left at an epoch's end, less than
    a step's batches, is not used in that epoch.

    Parameters
    ----------
    x : array (N, H, W, C)
        From −1 to 1.
    y : array (N,)
        Class numbers.
    batch_size : int
    turns : int
        How many batches a step takes.
    """

    def __init__(self, x, y, batch_size, turns=1, seed=0):
        self.x, self.y = x, y
        self.batch_size, self.turns, self.seed = batch_size, turns, seed
        self.steps = len(x) // (batch_size * turns)  # of an epoch
        if not self.steps:
            raise ValueError(
                f"a step needs {turns} × {batch_size} images, but there are only {len(x)}"
            )

    def of_step(self, step):
        """Return the batches of a step, counted from 0 over all epochs: (images, labels) each."""
        epoch, place = divmod(step, self.steps)
        order = self._order(epoch)
        first = place * self.turns * self.batch_size
        rows = order[first : first + self.turns * self.batch_size].reshape(self.turns, -1)
        return [(self.x[row], self.y[row]) for row in rows]

    def _order(self, epoch):
        return np.random.default_rng((self.seed, 0, epoch)).permutation(len(self.x))
