"""Functional: a model of layers that branch, join and are shared."""

from minidl.layers.symbol import Input, Symbol
from minidl.models import fusion
from minidl.models.model import Model


class Functional(Model):
    """The model between symbols: ``Model(inputs, outputs)`` makes one.

    Parameters
    ----------
    inputs : Symbol or list of Symbol
        Made by `layers.Input`, or any symbols inside another model's graph.
    outputs : Symbol or list of Symbol
        What layers returned that were called, directly or not, on the inputs.

    A layer that was called several times is shared: it has one set of weights.

    >>> import numpy as np
    >>> from minidl import layers, Model
    >>> image = layers.Input((8, 8, 3))
    >>> x = layers.Conv2D(3, 3, padding="same", activation="relu")(image)
    >>> x = layers.Add()([x, image])
    >>> model = Model(image, layers.Dense(2)(layers.Flatten()(x)))
    >>> model(np.ones((5, 8, 8, 3))).shape
    (5, 2)
    """

    def __init__(self, inputs, outputs, *, name=None):
        several = isinstance(inputs, list | tuple), isinstance(outputs, list | tuple)
        self._inputs = list(inputs) if several[0] else [inputs]
        self._outputs = list(outputs) if several[1] else [outputs]
        for symbol in (*self._inputs, *self._outputs):
            if not isinstance(symbol, Symbol):
                raise TypeError(f"Model: inputs and outputs need to be symbols, got {symbol!r}")
        super().__init__(name=name, dtype=self._inputs[0].dtype)
        self.takes_several, self._returns_several = several
        self._calls = _calls(self._inputs, self._outputs)
        self._following = _following(self._calls, self._outputs)
        for layer in self.layers:
            if layer.name in self._sublayers:
                raise ValueError(
                    f"{self.name}: two layers are named {layer.name!r}; names are unique in a model"
                )
            self._sublayers[layer.name] = layer
        if self._returns_several:
            self.output_names = _names(self._outputs)
        shapes = [symbol.shape for symbol in self._inputs]
        self.input_shape = shapes if self.takes_several else shapes[0]
        self.built = True

    @property
    def layers(self):
        """The layers, each once, in Keras's order, which is that of `get_weights` too.

        Those come first that have the most layers between them and the outputs.
        """
        return _keras_order(self._calls, self._outputs)

    @property
    def inputs(self):
        """The symbols of the inputs."""
        return list(self._inputs)

    @property
    def outputs(self):
        """The symbols of the outputs."""
        return list(self._outputs)

    @property
    def input(self):
        """The symbol of the input, or the list of them."""
        return self.inputs if self.takes_several else self._inputs[0]

    @property
    def output(self):
        """The symbol of the output, or the list of them."""
        return self.outputs if self._returns_several else self._outputs[0]

    def call(self, x, training=False, logits=False):
        """Return the outputs; with `logits`, what goes into their last activation functions.

        `logits` is true or false for all outputs, or a list with one of them for each.
        """
        flags = logits if isinstance(logits, list) else [logits] * len(self._outputs)
        final = {id(s) for s, flag in zip(self._outputs, flags, strict=True) if flag}
        fuse, done = fusion.wanted(), set()

        def compute(layer, values, symbol):
            if id(symbol) in final:
                return fusion.call_before_activation(layer, values)
            if not fuse:
                return layer(values, training=training)
            if id(symbol) in done:  # together with the layer before it
                return values
            next_ = self._following.get(id(symbol))
            fits = next_ is not None and id(next_) not in final
            if fits and fusion.is_pair(layer, next_.layer, training):
                done.add(id(next_))
                return fusion.call_pair(layer, next_.layer, values)
            return fusion.call_one(layer, values, training)

        return self.walk(x, compute)

    def compute_output_shape(self, input_shape):
        """Return the outputs' shapes, by the layers' shape rules."""
        return self.walk(input_shape, lambda layer, shapes, _: layer.compute_output_shape(shapes))

    def trace(self):
        """Yield (layer, input shape, output shape, whether gradients by the input are wanted)."""
        wanted = {id(symbol): False for symbol in self._inputs}
        shapes = {id(symbol): symbol.shape for symbol in self._inputs}
        for symbols in self._calls:
            layer, inputs = symbols[0].layer, symbols[0].inputs
            given = [shapes[id(symbol)] for symbol in inputs]
            before = any(wanted[id(symbol)] for symbol in inputs)
            yield layer, given if layer.takes_several else given[0], symbols[0].shape, before
            learns = before or bool(layer.trainable_weights)
            wanted |= {id(symbol): learns for symbol in symbols}
            shapes |= {id(symbol): symbol.shape for symbol in symbols}

    def get_config(self):
        """Return the layers' configurations, and which is called on what.

        Symbols are numbered: the inputs first, then of each call those outputs that are used.
        """
        numbers = {id(symbol): i for i, symbol in enumerate(self._inputs)}
        calls = []
        for symbols in self._calls:
            arguments = [numbers[id(symbol)] for symbol in symbols[0].inputs]
            used = [symbol.index for symbol in symbols]
            calls.append([symbols[0].layer.name, arguments, used])
            for symbol in symbols:
                numbers[id(symbol)] = len(numbers)
        several = self.takes_several, self._returns_several
        inputs = [[list(symbol.shape[1:]), symbol.dtype] for symbol in self._inputs]
        outputs = [numbers[id(symbol)] for symbol in self._outputs]
        return {
            "name": self.name,
            "layers": [
                {"class": type(layer).__name__, "config": layer.get_config()}
                for layer in self.layers
            ],
            "inputs": inputs if several[0] else inputs[0],
            "calls": calls,
            "outputs": outputs if several[1] else outputs[0],
        }

    def walk(self, given, compute):
        """Carry values (numbers, or shapes) from the inputs along all calls to the outputs."""
        values = dict(
            zip(map(id, self._inputs), given if self.takes_several else [given], strict=True)
        )
        for symbols in self._calls:
            layer = symbols[0].layer
            arguments = [values[id(symbol)] for symbol in symbols[0].inputs]
            result = compute(layer, arguments if layer.takes_several else arguments[0], symbols[0])
            results = [result] if symbols[0].index is None else result
            values |= {id(symbol): results[symbol.index or 0] for symbol in symbols}
        outputs = [values[id(symbol)] for symbol in self._outputs]
        return outputs if self._returns_several else outputs[0]

    def _final_layers(self):
        """Return the outputs' layers; None where another layer takes the output as well."""
        taken = {id(symbol) for symbols in self._calls for symbol in symbols[0].inputs}
        return [None if id(symbol) in taken else symbol.layer for symbol in self._outputs]


def _keras_order(calls, outputs):
    """Return the layers by their distance from the outputs, the farthest first, as Keras does.

    At one distance, those come first that a depth-first walk back from the outputs meets first.
    A shared layer stands at the farthest of its calls.
    """
    call_of = {id(symbol): symbols for symbols in calls for symbol in symbols}
    farthest, of_call = {}, {}
    for symbols in reversed(calls):
        layer = symbols[0].layer
        distance = max(of_call.get(id(symbols), 0), farthest.get(layer, 0))
        farthest[layer] = distance
        for before in (call_of[id(s)] for s in symbols[0].inputs if id(s) in call_of):
            of_call[id(before)] = max(of_call.get(id(before), 0), distance + 1)
    met, waiting = {}, [*reversed(outputs)]
    seen = set()
    while waiting:
        symbols = call_of.get(id(waiting.pop()))
        if symbols is not None and id(symbols) not in seen:
            seen.add(id(symbols))
            met.setdefault(symbols[0].layer, len(met))
            waiting.extend(reversed(symbols[0].inputs))
    return sorted(met, key=lambda layer: (-farthest[layer], met[layer]))


def _following(calls, outputs):
    """Return, for symbols that one call alone takes, and takes alone, that call's symbol."""
    takers = {}
    for symbols in calls:
        for symbol in symbols[0].inputs:
            takers.setdefault(id(symbol), []).append(symbols[0])
    wanted = {id(symbol) for symbol in outputs}
    return {
        key: taking[0]
        for key, taking in takers.items()
        if len(taking) == 1 and len(taking[0].inputs) == 1 and key not in wanted
    }


def functional_from_config(config, make_layer):
    """Return the model that `Functional.get_config` described; `make_layer` makes a layer."""
    made = {layer.name: layer for layer in map(make_layer, config["layers"])}
    several = isinstance(config["inputs"][0][0], list)
    inputs = [
        Input(tuple(shape), dtype=dtype)
        for shape, dtype in (config["inputs"] if several else [config["inputs"]])
    ]
    symbols = list(inputs)
    for name, numbers, used in config["calls"]:
        layer = made[name]
        arguments = [symbols[_index(i, symbols)] for i in numbers]
        result = layer(arguments if layer.takes_several else arguments[0])
        symbols += [result if i is None else result[_index(i, result)] for i in used]
    outputs = config["outputs"]
    chosen = [
        symbols[_index(i, symbols)] for i in (outputs if isinstance(outputs, list) else [outputs])
    ]
    return Functional(
        inputs if several else inputs[0],
        chosen if isinstance(outputs, list) else chosen[0],
        name=config["name"],
    )


def _names(outputs):
    """Return the outputs' names: those of their layers, numbered where one makes several."""
    names = []
    for symbol in outputs:
        name = symbol.layer.name if symbol.layer is not None else "input"
        again = names.count(name)
        names.append(f"{name}_{again}" if again else name)
    return names


def _index(i, symbols):
    if not isinstance(i, int) or not 0 <= i < len(symbols):
        raise ValueError(f"there is no symbol {i!r}")
    return i


def _calls(inputs, outputs):
    """Return the calls between inputs and outputs in an order that can be computed.

    A call is the list of the symbols it returned. A depth-first walk without recursion: a
    symbol's call comes after those of all its inputs.
    """
    known = {id(symbol) for symbol in inputs}
    calls, waiting = {}, [(symbol, False) for symbol in reversed(outputs)]
    while waiting:
        symbol, inputs_done = waiting.pop()
        if id(symbol) in known:
            continue
        if symbol.layer is None:
            raise ValueError(
                f"Model: an output depends on {symbol!r}, which is not among the inputs"
            )
        if inputs_done:
            known.add(id(symbol))
            # The outputs of one call share their layer and the very symbols it was called on.
            calls.setdefault((id(symbol.layer), *map(id, symbol.inputs)), []).append(symbol)
        else:
            waiting.append((symbol, True))
            waiting.extend((each, False) for each in reversed(symbol.inputs))
    return list(calls.values())
