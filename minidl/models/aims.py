"""What a model is trained for: a loss for each output, and metrics to report."""

from minidl import activations, losses, ops
from minidl import metrics as metrics_
from minidl.layers.core import ActivatedLayer
from minidl.models.batches import as_list, each
from minidl.runtime import checks


class Aims:
    """The losses and metrics of a model with one output, or of one with several.

    Parameters
    ----------
    names : sequence of str
        Of the outputs; empty for one output, which needs no name.
    loss, loss_weights, metrics, weighted_metrics
        As in `Trainer.compile`.
    """

    def __init__(self, names, loss, loss_weights, metrics, weighted_metrics):
        self.names = list(names)
        self.loss = each(losses.get, list(loss) if isinstance(loss, tuple) else loss)
        self.loss_weights = loss_weights
        count = max(1, len(names))
        given = self.loss if isinstance(self.loss, list) else [self.loss] * count
        weights = [1.0] * count if loss_weights is None else list(loss_weights)
        for what, items in (("losses", given), ("loss_weights", weights)):
            if len(items) != count:
                raise ValueError(
                    f"compile: there are {len(items)} {what}, but {count} outputs; they must be "
                    "equal in number"
                )
        self._losses = given
        self._weights = [checks.real(weight, "compile: loss_weights", 0) for weight in weights]
        self.metrics = self._per_output(metrics)
        self.weighted_metrics = self._per_output(weighted_metrics)
        #: Whether there is a metric that the outputs are computed for.
        self._reports = any(self._all(metrics) for metrics in (self.metrics, self.weighted_metrics))
        self._means = [metrics_.Mean("loss") for _ in names]
        self._total = metrics_.Mean("loss")

    def logits(self, final_layers):
        """Return, for each output, whether its loss can be computed from its layer's logits."""
        layers = final_layers or [None] * len(self._losses)
        return [_fits(loss, layer) for loss, layer in zip(self._losses, layers, strict=True)]

    def loss_of(self, y, outputs, logits, weights):
        """Return the weighted sum of the losses, and the outputs' arrays for the metrics.

        `logits` says which of the outputs are what goes into the last activation function.
        """
        outputs = as_list(outputs)
        total, arrays = None, []
        targets = y if self.names else [y]
        parts = zip(self._losses, self._weights, targets, outputs, logits, strict=True)
        for i, (loss, weight, target, output, is_logits) in enumerate(parts):
            value = (loss.on_logits() if is_logits else loss)(target, output, weights)
            array = output.data
            if is_logits and self._reports:
                array = activations.get(loss.activation)(array)
            arrays.append(array)
            if self.names:
                self._means[i].update_state(value.item(), len(array))
            if weight != 1:
                value = ops.multiply(value, weight)
            total = value if total is None else ops.add(total, value)
        return total, arrays

    def check(self, y, outputs):
        """Refuse targets that do not fit the outputs."""
        outputs = as_list(outputs)
        targets = y if self.names else [y]
        if len(targets) != len(outputs):
            raise ValueError(f"there are {len(targets)} targets, but {len(outputs)} outputs")
        for loss, target, output in zip(self._losses, targets, outputs, strict=True):
            loss.check(target, output.shape)

    def reset(self):
        """Begin the reports anew."""
        for metric in self._every():
            metric.reset_state()

    def get_state(self):
        """Return what the reports have taken in so far."""
        return [metric.get_state() for metric in self._every()]

    def set_state(self, state):
        """Put back what `get_state` returned."""
        for metric, found in zip(self._every(), state, strict=True):
            metric.set_state(found)

    def update(self, loss, y, outputs, weights):
        """Take a batch into the reports: its loss, penalties included, and the outputs' arrays."""
        self._total.update_state(loss, len(outputs[0]))
        targets = y if self.names else [y]
        plain, weighted = as_lists(self.metrics), as_lists(self.weighted_metrics)
        for mine, theirs, target, output in zip(plain, weighted, targets, outputs, strict=True):
            for metric in mine:
                metric.update_state(target, output)
            for metric in theirs:
                metric.update_state(target, output, weights)

    def results(self):
        """Return the reports by name; those of several outputs begin with the output's name."""
        results = {"loss": self._total.result()}
        for i, name in enumerate(self.names):
            results[f"{name}_loss"] = self._means[i].result()
        prefixes = [f"{name}_" for name in self.names] or [""]
        for prefix, mine in zip(prefixes, as_lists(self.metrics), strict=True):
            results |= {prefix + metric.name: metric.result() for metric in mine}
        for prefix, mine in zip(prefixes, as_lists(self.weighted_metrics), strict=True):
            for metric in mine:
                taken = prefix + metric.name in results
                name = f"weighted_{metric.name}" if taken else metric.name
                results[prefix + name] = metric.result()
        return results

    def _per_output(self, given):
        """Return the metrics of the output, or a list of them for each of several."""
        given = [given] if isinstance(given, str) else list(given or ())
        if not self.names:
            return [metrics_.get(metric) for metric in given]
        nested = any(isinstance(item, list | tuple) for item in given)
        rows = given if nested else [given] * len(self.names)
        if len(rows) != len(self.names):
            raise ValueError(
                f"compile: there are metrics for {len(rows)} outputs, but {len(self.names)} outputs"
            )
        return [[metrics_.get(metric) for metric in as_list(row)] for row in rows]

    def _every(self):
        metrics = *self._all(self.metrics), *self._all(self.weighted_metrics)
        return [self._total, *self._means, *metrics]

    @staticmethod
    def _all(metrics):
        return [metric for row in as_lists(metrics) for metric in row]


def as_lists(metrics):
    """Return a list of lists of metrics, one for each output."""
    return metrics if metrics and isinstance(metrics[0], list) else [metrics]


def _fits(loss, layer):
    """Whether a layer ends with the activation function that the loss can take the input of."""
    return (
        loss.activation is not None
        and not loss.from_logits
        and isinstance(layer, ActivatedLayer)
        and layer.activation is activations.get(loss.activation)
    )
