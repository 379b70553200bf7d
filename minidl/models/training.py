"""compile, fit, evaluate and predict: the training loop, to be read in one sitting."""

import numpy as np

from minidl import ops, optimizers
from minidl.autograd import no_grad
from minidl.callbacks import CallbackList, History, ProgbarLogger, as_text
from minidl.layers.layer import observe
from minidl.models import step
from minidl.models.aims import Aims
from minidl.models.batches import batches, each, unpack
from minidl.models.progress import Progress
from minidl.runtime import blas, checks


class NotFiniteError(ValueError):
    """The loss is NaN or infinite."""


class Trainer:
    """The part of `Model` that trains and is used."""

    optimizer = None
    loss = None
    loss_weights = None
    metrics = ()
    weighted_metrics = ()
    stop_training = False
    #: Names of the outputs, if there are several.
    output_names = ()

    def compile(self, optimizer, loss, *, loss_weights=None, metrics=(), weighted_metrics=()):
        """Say how to train.

        Parameters
        ----------
        optimizer : str or Optimizer
        loss : str or Loss
            If the model ends with softmax or a sigmoid, a cross-entropy is computed from its
            logits. For several outputs, a list of losses, or one for all.
        loss_weights : list of float, optional
            For several outputs: how much each loss counts in the sum that is made small.
        metrics, weighted_metrics : sequence of str or Metric
            What to report beside the loss. Only `weighted_metrics` see sample and class weights,
            as in Keras; one whose name is taken is reported as "weighted_" and its name. For
            several outputs, a list of such sequences, or one for all.

        Raises
        ------
        ValueError
            For a name that is not known, with the nearest one that is.
        """
        optimizer = optimizers.get(optimizer)
        aims = Aims(self.output_names, loss, loss_weights, metrics, weighted_metrics)
        self.metrics, self.weighted_metrics = aims.metrics, aims.weighted_metrics
        self.optimizer, self._aims = optimizer, aims
        self.loss, self.loss_weights = aims.loss, aims.loss_weights

    def fit(
        self,
        x,
        y=None,
        batch_size=None,
        epochs=1,
        verbose="auto",
        callbacks=(),
        validation_split=0.0,
        validation_data=None,
        shuffle=True,
        class_weight=None,
        sample_weight=None,
        initial_epoch=0,
    ):
        """Train: in each epoch go through all examples once, a batch at a time.

        Parameters
        ----------
        x : array (N, …), or iterable of batches (x, y) or (x, y, sample_weight) with a length
            Real numbers; integers are converted to the model's dtype as they are, so scale
            pixels to 0 … 1 first.
        y : array (N, …)
            What the loss needs, for example class numbers.
        batch_size : int, 32 if not given
        epochs : int
            The number of the last one.
        verbose : 0 for silence, "auto" or 1 for a progress bar, 2 for a line per epoch
            Without a terminal, 1 is 2.
        callbacks : sequence of `minidl.callbacks.Callback`
        validation_split : float
            Share of the examples, from the end, that is kept apart for validation.
        validation_data : (x, y) or (x, y, sample_weight), or iterable of such batches
        shuffle : bool
            Whether each epoch takes the examples in a new order.
        class_weight : dict
            How much the loss of an example counts, by its class number; 1 for classes that are
            not named. Not used in validation.
        sample_weight : array (N,)
            How much each example's loss counts: the loss is Σ weight · loss / N. More axes,
            (N, …), weigh the losses inside an example, such as pixels.
        initial_epoch : int
            The first epoch, counted from 0: how many an earlier `fit` has done.

        Returns
        -------
        History
            Its ``history`` holds a list per name: "loss", metrics, and "val_" results.

        Raises
        ------
        RuntimeError
            Before `compile`.
        ValueError
            If shapes, lengths or labels do not fit, if x holds NaN or infinity, or if the
            loss becomes NaN or infinite (with the step and the first layer to blame).
        """
        self._check_compiled("fit")
        epochs = checks.integer(epochs, "fit: epochs")
        initial_epoch = checks.integer(initial_epoch, "fit: initial_epoch", 0)
        data = batches(x, y, batch_size, shuffle, "fit", sample_weight, self._several())
        if validation_split:
            if validation_data is not None or not hasattr(data, "split"):
                raise ValueError("fit: validation_split needs arrays, and no validation_data")
            data, validation = data.split(validation_split)
        else:
            validation = None
            if validation_data is not None:
                paired = isinstance(validation_data, tuple | list)
                x, y, weights = unpack(validation_data) if paired else (validation_data, None, None)
                validation = batches(
                    x, y, batch_size, False, "fit: validation_data", weights, self._several()
                )
        for part in (data, validation):
            self._check_data(part, "fit")
        if class_weight is not None:
            _weigh_classes(data, class_weight, sample_weight)
        self._build_from(data)
        self._prepare_optimizer()
        history = History()
        callbacks = [history, ProgbarLogger(), *callbacks]
        params = {"epochs": epochs, "steps": len(data), "verbose": _verbosity(verbose)}
        calls = CallbackList(callbacks, self, params | {"callbacks": callbacks})
        self.progress = Progress(data, validation, self._aims, initial_epoch, epochs)
        self.stop_training = False
        try:
            calls.call("on_train_begin")
            # The loss is checked at every step: NumPy's own warnings would only repeat it.
            with blas.single_threaded(), np.errstate(all="ignore"):
                while self.progress.epoch < epochs and not self.stop_training:
                    try:
                        self._train_epoch(validation, calls)
                    except NotFiniteError as error:
                        calls.call("on_not_finite", str(error))
                        if not self.stop_training:
                            raise
            self.optimizer.finalize_variable_values(self.trainable_weights)
            self.progress.finished = not self.progress.batch
        finally:
            calls.call("on_train_end")
        return history

    def _train_epoch(self, validation, calls):
        """Go through the epoch's batches, unless a callback stops it before its end."""
        epoch, steps = self.progress.epoch, len(self.progress.data)
        calls.call("on_epoch_begin", epoch)
        for batch, item in self.progress.batches():
            x, y, weights = unpack(item)
            calls.call("on_train_batch_begin", batch)
            moment = f"epoch {epoch + 1}, batch {batch + 1}"
            loss, outputs = self._train_step(x, y, weights, moment)
            self._aims.update(loss, y, outputs, weights)
            calls.call("on_train_batch_end", batch, self._aims.results())
            if self.stop_training and batch + 1 < steps:
                return
        logs = self._aims.results()
        if validation is not None:
            logs |= self._validate(validation, epoch)
        self.progress.next_epoch()
        calls.call("on_epoch_end", epoch, logs)

    def _validate(self, data, epoch):
        """Return the results on the validation data under their names."""
        results = self._evaluate(data)
        if not np.isfinite(results["loss"]):
            x = next(iter(data))[0]
            self._raise_not_finite(x, results["loss"], f"the validation after epoch {epoch + 1}")
        return {f"val_{name}": value for name, value in results.items()}

    def _train_step(self, x, y, weights, moment):
        """Forward, backward, update; returns the loss as a number, and the outputs' array."""
        loss, outputs = self._loss(x, y, weights, training=True)
        value = loss.item()
        if not np.isfinite(value):
            self._raise_not_finite(x, value, moment)
        step.train(loss, self.optimizer)
        return value, outputs

    def _loss(self, x, y, weights, training):
        """Return the loss of a batch, regularization included, and the outputs' arrays.

        The loss is computed from logits where it can be.
        """
        x = each(np.asarray, x)
        logits = self._aims.logits(self._final_layers())
        options = {"logits": logits} if any(logits) else {}
        loss, outputs = self._aims.loss_of(
            y, self(x, training=training, **options), logits, weights
        )
        for penalty in self.losses:
            loss = ops.add(loss, penalty)
        return loss, outputs

    def train_on_batch(self, x, y, sample_weight=None, class_weight=None):
        """Make one update from one batch; returns the loss before it, a float."""
        self._check_compiled("train_on_batch")
        several = self._several()
        size = len(x[0] if several[0] else x)
        data = batches(x, y, size, False, "train_on_batch", sample_weight, several)
        self._check_data(data, "train_on_batch")
        if class_weight is not None:
            _weigh_classes(data, class_weight, sample_weight)
        self._prepare_optimizer()
        return self._train_step(data.x, data.y, data.weights, "train_on_batch")[0]

    def evaluate(
        self,
        x,
        y=None,
        batch_size=None,
        verbose="auto",
        sample_weight=None,
        *,
        return_dict=False,
    ):
        """Return the loss and metrics on examples, without training.

        Parameters are those of `fit`.

        Returns
        -------
        float, or list of float, or dict
            The loss alone if there are no metrics; [loss, *metrics]; by name if
            `return_dict`.
        """
        self._check_compiled("evaluate")
        data = batches(x, y, batch_size, False, "evaluate", sample_weight, self._several())
        self._check_data(data, "evaluate")
        results = self._evaluate(data)
        if _verbosity(verbose):
            print(as_text(results))
        if return_dict:
            return results
        return list(results.values()) if len(results) > 1 else results["loss"]

    def _evaluate(self, data):
        self._aims.reset()
        with no_grad(), blas.single_threaded():
            for x, y, weights in map(unpack, data):
                loss, outputs = self._loss(x, y, weights, training=False)
                self._aims.update(loss.item(), y, outputs, weights)
        return self._aims.results()

    def predict(self, x, batch_size=None, verbose="auto"):
        """Return the outputs for examples `x` (N, …): an array (N, …), or a list of them."""
        data = batches(x, None, batch_size, False, "predict", several=self._several())
        self._check_data(data, "predict", targets=False)
        outputs = [self.predict_on_batch(b[0] if isinstance(b, tuple) else b) for b in data]
        if self.output_names:
            return [np.concatenate(parts) for parts in zip(*outputs, strict=True)]
        return np.concatenate(outputs)

    def predict_on_batch(self, x):
        """Return the outputs for one batch as an array."""
        with no_grad(), blas.single_threaded():
            return each(lambda output: output.data, self(each(np.asarray, x), training=False))

    def _several(self):
        """Whether examples are lists of inputs, and targets lists of targets."""
        return self.takes_several, bool(self.output_names)

    def _prepare_optimizer(self):
        weights = self.trainable_weights
        if not weights:
            raise ValueError(f"{self.name}: there are no trainable weights to train")
        if list(map(id, weights)) != list(map(id, self.optimizer.weights)):
            self.optimizer.build(weights)

    def _check_compiled(self, caller):
        if self.loss is None:
            raise RuntimeError(
                f"{caller}: call compile(optimizer, loss) first: the model does not know how to "
                "train or be measured yet"
            )

    def _check_data(self, data, caller, targets=True):
        """Refuse examples and labels that do not fit the model, before anything is computed."""
        x = getattr(data, "x", None)
        if x is None:
            return
        if targets and data.y is None:
            raise ValueError(f"{caller}: y, the targets, is missing")
        if self.input_shape is not None:
            self._check_input_shape(x, caller)
        with no_grad(), np.errstate(all="ignore"):
            # Builds the model, and finds layers that do not fit.
            output = self(each(lambda array: array[:1], x))
        if targets:
            self._aims.check(data.y, output)

    def _build_from(self, data):
        """Let the first of an iterable's batches build a model whose sizes are not known yet."""
        if not self.trainable_weights and not hasattr(data, "x"):
            x = unpack(next(iter(data)))[0]
            with no_grad():
                self(each(lambda array: np.asarray(array)[:1], x))

    def _raise_not_finite(self, x, value, moment):
        blame = "all layers' outputs are finite: the loss itself overflowed"
        first = []

        def observer(layer, output):
            if not first and not np.isfinite(output.data).all():
                first.append(layer)

        with no_grad(), np.errstate(all="ignore"), observe(observer):
            self(x, training=True)
        if first:
            weights = all(np.isfinite(w.data).all() for w in first[0].weights)
            state = "finite" if weights else "not finite either"
            blame = (
                f"the first layer whose output is not finite is {first[0].name!r} "
                f"(its weights are {state})"
            )
        raise NotFiniteError(
            f"fit: the loss became {value} at {moment}; {blame}. A smaller learning rate "
            "(or inputs scaled to 0 … 1) usually helps"
        )


def _weigh_classes(data, class_weight, sample_weight):
    """Turn class weights into weights of the examples; bad ones are refused."""
    if sample_weight is not None:
        raise ValueError("class_weight and sample_weight cannot both be given")
    if not hasattr(data, "weigh_classes"):
        raise ValueError(
            "class_weight needs arrays; an iterable of batches gives (x, y, sample_weight)"
        )
    if not isinstance(class_weight, dict):
        raise TypeError(f"class_weight needs a dict of weights by class, got {class_weight!r}")
    for label, weight in class_weight.items():
        checks.integer(label, "class_weight: a class", 0)
        checks.real(weight, f"class_weight: the weight of class {label}", 0, np.inf)
    data.weigh_classes(class_weight)


def _verbosity(verbose):
    if verbose not in ("auto", 0, 1, 2):
        raise ValueError(f"verbose needs 'auto', 0, 1 or 2, got {verbose!r}")
    return 1 if verbose == "auto" else int(verbose)
