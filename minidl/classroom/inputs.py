"""Small inputs for a learner's function, drawn at random and made smaller by Hypothesis."""

import functools

import numpy as np


class Draw:
    """What a task's `inputs` draws from: small numbers and arrays that read well when printed.

    Whole numbers, since their sums and products are exact and short; the smallest failing input
    has few of them, near zero.
    """

    def __init__(self, draw):
        self._draw = draw

    def integer(self, low, high):
        """Return a whole number from `low` to `high`, both included."""
        return self._draw(_strategies().integers(low, high))

    def choice(self, *options):
        """Return one of `options`; a failing input has the first for which it still fails."""
        return self._draw(_strategies().sampled_from(options))

    def integers(self, count, low, high):
        """Return a list of `count` whole numbers from `low` to `high`."""
        strategies = _strategies()
        each = strategies.integers(low, high)
        return self._draw(strategies.lists(each, min_size=count, max_size=count))

    def array(self, *shape, low=-9, high=9, dtype=float):
        """Return an array of this shape and dtype, of whole numbers from `low` to `high`."""
        count = int(np.prod(shape))
        return np.array(self.integers(count, low, high), dtype).reshape(shape)

    def distinct(self, *shape, low=-9, dtype=float):
        """Return an array whose elements are `low`, `low` + 1, …, in some order."""
        count = int(np.prod(shape))
        values = self._draw(_strategies().permutations(range(low, low + count)))
        return np.array(values, dtype).reshape(shape)


def explore(inputs, look, *, examples=50, shrink=False):
    """Call ``look(arguments)`` on examples of `inputs`, the same ones every time.

    Parameters
    ----------
    inputs : callable
        Takes a `Draw`, and returns the tuple of arguments.
    look : callable
        If it raises AssertionError and `shrink` is true, it is called with ever smaller
        arguments, and last with the smallest for which it raises.
    examples : int
        How many examples there are at most.
    """
    import hypothesis
    from hypothesis import errors
    from hypothesis import strategies as st

    @st.composite
    def arguments(draw):
        return tuple(inputs(Draw(draw)))

    @hypothesis.settings(
        derandomize=True,
        database=None,
        deadline=None,
        max_examples=examples,
        backend=_backend(),
        phases=[hypothesis.Phase.generate, *[hypothesis.Phase.shrink] * shrink],
        suppress_health_check=list(hypothesis.HealthCheck),
        print_blob=False,
        report_multiple_bugs=False,
    )
    @hypothesis.given(arguments())
    def examine(drawn):
        look(drawn)

    try:
        examine()
    except (AssertionError, errors.Flaky):
        if not shrink:
            raise


def _strategies():
    from hypothesis import strategies

    return strategies


@functools.cache
def _backend():
    """Return the name of Hypothesis's generator without its special constants.

    It collects some of them from the source of whatever modules are loaded, so that what is
    drawn would depend on what else the process has done; marks may not.
    """
    from hypothesis.internal.conjecture import providers

    class Provider(providers.HypothesisProvider):
        def _maybe_draw_constant(self, *arguments, **keywords):
            return None

    providers.AVAILABLE_PROVIDERS["minidl"] = Provider
    return "minidl"
