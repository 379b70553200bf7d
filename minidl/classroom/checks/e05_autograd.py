"""Exercise 5: a Value that differentiates backwards, held against dual numbers that go forwards."""

import dataclasses

from minidl.classroom.task import Exercise, Task


def _relu(x):
    return x.relu() if hasattr(x, "relu") else x.call("relu")


def _twice(a, b):
    c = a * b
    return c + c


def _squared_sum(a, b):
    c = a + b
    return c * c


def _three_uses(a, b):
    c = a * b
    d = c + a
    return d * c + d


def _late(a, b):
    c = a + 1
    d = c * b
    return c + d * d


SINGLE = {
    "a + b": lambda a, b: a + b,
    "a * b": lambda a, b: a * b,
    "a ** 3": lambda a, b: a**3,
    "relu(a)": lambda a, b: _relu(a),
    "a + 2": lambda a, b: a + 2,
    "3 * a": lambda a, b: 3 * a,
    "2 + a": lambda a, b: 2 + a,
    "a * 3": lambda a, b: a * 3,
    "a ** 2": lambda a, b: a**2,
}
SHARED = {
    "a * b + b": lambda a, b: a * b + b,
    "a * a": lambda a, b: a * a,
    "c = a * b; c + c": _twice,
    "c = a + b; c * c": _squared_sum,
    "c = a * b; d = c + a; d * c + d": _three_uses,
    "c = a + 1; d = c * b; c + d * d": _late,
    "relu(a * b) + a ** 2": lambda a, b: _relu(a * b) + a**2,
}


def _two_numbers(table, *options):
    def inputs(draw):
        return draw.choice(*table), draw.choice(*options), draw.choice(*options)

    return inputs


@dataclasses.dataclass
class _Dual:
    """A number and its derivative: data + slope ε, with ε² = 0."""

    data: float
    slope: float = 0.0

    def __add__(self, other):
        other = _dual(other)
        return _Dual(self.data + other.data, self.slope + other.slope)

    def __mul__(self, other):
        other = _dual(other)
        return _Dual(self.data * other.data, self.data * other.slope + self.slope * other.data)

    def __pow__(self, n):
        return _Dual(self.data**n, n * self.data ** (n - 1) * self.slope)

    def relu(self):
        return _Dual(self.data, self.slope) if self.data > 0 else _Dual(0.0)

    __radd__, __rmul__ = __add__, __mul__


def _dual(x):
    return x if isinstance(x, _Dual) else _Dual(float(x))


def _data(expression, a, b):
    return SINGLE[expression](_Dual(a), _Dual(b)).data


def _slopes(table):
    def judge(expression, a, b):
        f = table[expression]
        return f(_Dual(a, 1.0), _Dual(b)).slope, f(_Dual(a), _Dual(b, 1.0)).slope

    return judge


class _Tape:
    """A number that remembers what it was computed from: what can go wrong is done by others.

    Parameters
    ----------
    parents : tuple of (_Tape, float)
        With the derivative by each.
    """

    def __init__(self, data, *parents):
        self.data, self.parents, self.grad = data, parents, 0.0

    def of(self, data, *parents):
        return type(self)(data, *parents)

    def like(self, x):
        return x if isinstance(x, _Tape) else self.of(float(x))

    def __add__(self, other):
        other = self.like(other)
        return self.of(self.data + other.data, (self, 1.0), (other, 1.0))

    def __mul__(self, other):
        other = self.like(other)
        return self.of(self.data * other.data, (self, other.data), (other, self.data))

    def __pow__(self, n):
        return self.of(self.data**n, (self, n * self.data ** (n - 1)))

    def relu(self):
        return self.of(max(self.data, 0.0), (self, float(self.data > 0)))

    def __radd__(self, other):
        return self + other

    def __rmul__(self, other):
        return self * other


class _AbsoluteRelu(_Tape):
    def relu(self):
        return self.of(abs(self.data), (self, float(self.data > 0)))


class _ReluTurnedAround(_Tape):
    def relu(self):
        return self.of(min(self.data, 0.0), (self, float(self.data > 0)))


class _PowerAsProduct(_Tape):
    def __pow__(self, n):
        return self.of(self.data * n, (self, n * self.data ** (n - 1)))


class _ExchangedProduct(_Tape):
    def __mul__(self, other):
        other = self.like(other)
        return self.of(self.data * other.data, (self, self.data), (other, other.data))


class _OpenRelu(_Tape):
    def relu(self):
        return self.of(max(self.data, 0.0), (self, 1.0))


class _ReluOpenAtZero(_Tape):
    def relu(self):
        return self.of(max(self.data, 0.0), (self, float(self.data >= 0)))


class _PowerWithoutFactor(_Tape):
    def __pow__(self, n):
        return self.of(self.data**n, (self, self.data ** (n - 1)))


class _PowerNotLowered(_Tape):
    def __pow__(self, n):
        return self.of(self.data**n, (self, n * self.data**n))


def _data_of(kind):
    return lambda expression, a, b: SINGLE[expression](kind(a), kind(b)).data


def _slopes_of(kind, table, hand_on=None):
    """Return what this kind of _Tape gives, if ``hand_on(result)`` is what goes back."""

    def mistaken(expression, a, b):
        a, b = kind(a), kind(b)
        result = table[expression](a, b)
        result.grad = 1.0
        (hand_on or _added_up)(result)
        return a.grad, b.grad

    return mistaken


def _in_order(result):
    """Return all that led to the result: every one before those that it was computed from."""
    seen, order = set(), []

    def visit(node):
        if node not in seen:
            seen.add(node)
            for parent, _ in node.parents:
                visit(parent)
            order.append(node)

    visit(result)
    return order[::-1]


def _added_up(result):
    for node in _in_order(result):
        for parent, slope in node.parents:
            parent.grad += slope * node.grad


def _assigned(result):
    for node in _in_order(result):
        for parent, slope in node.parents:
            parent.grad = slope * node.grad


def _along_every_path(node):
    for parent, slope in node.parents:
        parent.grad += slope * node.grad
        _along_every_path(parent)


def _by_breadth(result):
    queue, seen = [result], {result}
    for node in queue:
        for parent, slope in node.parents:
            parent.grad += slope * node.grad
            if parent not in seen:
                seen.add(parent)
                queue.append(parent)


def _one_step(result):
    for parent, slope in result.parents:
        parent.grad += slope * result.grad


def _ask_data(learner, expression, a, b):
    return SINGLE[expression](learner.Value(a), learner.Value(b)).get("data")


def _ask_slopes(table):
    def ask(learner, expression, a, b):
        a, b = learner.Value(a), learner.Value(b)
        table[expression](a, b).call("backward")
        return a.get("grad"), b.get("grad")

    return ask


def _nothing(expression, a, b):
    return 0.0, 0.0


OPERATIONS = {
    "in a product, each gets its own number instead of the other's": _ExchangedProduct,
    "relu lets every gradient through": _OpenRelu,
    "relu's gradient at 0 is 1 instead of 0": _ReluOpenAtZero,
    "the derivative of a power lacks its factor n": _PowerWithoutFactor,
    "the derivative of a power keeps its exponent": _PowerNotLowered,
}
UNSEEDED = "nothing comes back: the result's own gradient is not 1"

EXERCISE = Exercise(
    number=5,
    name="autograd",
    tasks=(
        Task(
            "Value.data",
            inputs=_two_numbers(SINGLE, 0.0, 1.0, 2.0, 3.0, -1.0, -2.0),
            judge=_data,
            ask=_ask_data,
            mistakes={
                "relu is the absolute value": _data_of(_AbsoluteRelu),
                "relu is turned around: it keeps negative numbers": _data_of(_ReluTurnedAround),
                "a power is taken as a product": _data_of(_PowerAsProduct),
            },
        ),
        Task(
            "Value.grad",
            inputs=_two_numbers(SINGLE, 0.0, 1.0, 2.0, 3.0, -1.0, -2.0),
            judge=_slopes(SINGLE),
            ask=_ask_slopes(SINGLE),
            mistakes={
                UNSEEDED: _nothing,
                **{name: _slopes_of(kind, SINGLE) for name, kind in OPERATIONS.items()},
            },
        ),
        Task(
            "Value.backward",
            inputs=_two_numbers(SHARED, 1.0, 2.0, 3.0, -1.0, -2.0),
            judge=_slopes(SHARED),
            ask=_ask_slopes(SHARED),
            mistakes={
                UNSEEDED: _nothing,
                "`=` for `+=`: a Value used twice keeps one gradient": _slopes_of(
                    _Tape, SHARED, _assigned
                ),
                "every path hands on the whole sum: it is counted again": _slopes_of(
                    _Tape, SHARED, _along_every_path
                ),
                "handed on too early: other uses have yet to add to it": _slopes_of(
                    _Tape, SHARED, _by_breadth
                ),
                "it stops after one step back": _slopes_of(_Tape, SHARED, _one_step),
                **{name: _slopes_of(kind, SHARED) for name, kind in OPERATIONS.items()},
            },
        ),
    ),
    hints=(
        """
        Each operation knows two things: the Values it was given, and its derivative by each of
        them. Keep both in the result. For a product, what is the derivative by the first?
        """,
        """
        backward: bring all Values into an order in which each comes after what it was computed
        from. Then go through it from the end, and let each add (derivative · its own grad) to
        the grad of each that it was computed from.
        """,
        """
            def __mul__(self, other):
                other = other if isinstance(other, Value) else Value(other)
                return Value(self.data * other.data, [(self, other.data), (other, self.data)])

        The order, and the way back:

            def visit(value):
                if value not in seen:
                    seen.add(value)
                    for parent, slope in value.parents:
                        visit(parent)
                    order.append(value)

            self.grad = 1.0
            for value in reversed(order):
                for parent, slope in value.parents:
                    parent.grad += slope * value.grad
        """,
    ),
)
