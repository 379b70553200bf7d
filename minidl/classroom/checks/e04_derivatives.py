"""Exercise 4: numerical derivatives and the chain rule, on polynomials."""

import numpy as np

from minidl.classroom.task import Exercise, Task

STEPS = (1.0, 0.5, 0.25)  # powers of 2: what is computed with them is exact
RAISED = "⁰¹²³"


def _polynomial(coefficients, name="f"):
    """Return the function Σ cᵢ xⁱ, whose docstring says what it is."""

    def f(x):
        return sum(c * x**i for i, c in enumerate(coefficients))

    terms = [_term(c, i) for i, c in enumerate(coefficients) if c]
    f.__doc__ = f"{name}(x) = {' + '.join(reversed(terms)) or '0'}".replace("+ -", "− ")
    return f


def _term(c, i):
    sign = "-" if c < 0 else ""
    return f"{sign}{abs(c) if abs(c) != 1 or not i else ''}{'x' * (i > 0)}{RAISED[i] * (i > 1)}"


def _slope(coefficients, name="f'"):
    return _polynomial([i * c for i, c in enumerate(coefficients)][1:], name)


def _function_number_step(draw):
    f = _polynomial(draw.integers(4, -3, 3))
    return f, float(draw.integer(-3, 3)), draw.choice(*STEPS)


def _central(f, x, h):
    return (f(x + h) - f(x - h)) / (h + h)


def _function_array_step(draw):
    x = draw.array(*draw.choice((2,), (1, 2), (2, 2), (3,)), low=-3, high=3)
    weights = draw.array(*x.shape, low=0, high=3) + 0.25  # slopes that are no whole numbers

    def f(x):
        return float((weights * x**2).sum() + x.sum() ** 2)

    numbers = ", ".join(f"{w:g}" for w in weights.ravel())
    f.__doc__ = f"f(x) = Σ w x² + (Σ x)², w = {numbers}"
    return f, x, draw.choice(*STEPS)


def _by_element(difference, restores=True):
    """Return a gradient that takes `difference` of the function of one element at a time."""

    def gradient(f, x, h):
        result, base = np.zeros(x.shape), x.copy()
        for index in np.ndindex(x.shape):

            def moved(value, index=index):
                at = base.copy()
                at[index] = value
                return f(at)

            result[index] = difference(moved, base[index], h)
            if not restores:
                base[index] -= h
        return result

    return gradient


def _all_at_once(f, x, h):
    return np.full(x.shape, _central(f, x, h))


def _functions(draw):
    functions, slopes = [], []
    for n in range(1, draw.integer(1, 3) + 1):
        coefficients = draw.integers(3, -2, 2)
        functions.append(_polynomial(coefficients, f"f{n}"))
        slopes.append(_slope(coefficients, f"f{n}'"))
    return functions, slopes, float(draw.integer(-2, 2))


def _chain(functions, derivatives, x):
    result = 1.0
    for f, slope in zip(functions, derivatives, strict=True):
        result *= slope(x)
        x = f(x)
    return float(result)


def _all_at_x(functions, derivatives, x):
    return float(np.prod([slope(x) for slope in derivatives]))


def _inputs_of(functions, x):
    values = [x]
    for f in functions[:-1]:
        values.append(f(values[-1]))
    return values


def _added(functions, derivatives, x):
    values = _inputs_of(functions, x)
    return float(sum(slope(v) for slope, v in zip(derivatives, values, strict=True)))


def _outermost_alone(functions, derivatives, x):
    return float(derivatives[-1](_inputs_of(functions, x)[-1]))


def _at_outputs(functions, derivatives, x):
    values = [f(v) for f, v in zip(functions, _inputs_of(functions, x), strict=True)]
    return float(np.prod([slope(v) for slope, v in zip(derivatives, values, strict=True)]))


FORWARD = "the forward difference instead of the central one"
HALF = "divided by h instead of 2 h"

EXERCISE = Exercise(
    number=4,
    name="derivatives",
    tasks=(
        Task(
            "derivative",
            inputs=_function_number_step,
            judge=_central,
            mistakes={
                FORWARD: lambda f, x, h: (f(x + h) - f(x)) / h,
                "the backward difference instead of the central one": lambda f, x, h: (
                    (f(x) - f(x - h)) / h
                ),
                HALF: lambda f, x, h: (f(x + h) - f(x - h)) / h,
                "brackets are missing: divided by 2, times h": lambda f, x, h: (
                    (f(x + h) - f(x - h)) / 2 * h
                ),
                "not divided by 2 h": lambda f, x, h: f(x + h) - f(x - h),
                "the sign is wrong": lambda f, x, h: -_central(f, x, h),
            },
        ),
        Task(
            "gradient",
            inputs=_function_array_step,
            judge=_by_element(_central),
            mistakes={
                "all elements are moved at once": _all_at_once,
                "elements are not put back": _by_element(_central, restores=False),
                FORWARD: _by_element(lambda f, x, h: (f(x + h) - f(x)) / h),
                HALF: _by_element(lambda f, x, h: (f(x + h) - f(x - h)) / h),
                "`//` for `/`: the quotient is rounded down": _by_element(
                    lambda f, x, h: (f(x + h) - f(x - h)) // (h + h)
                ),
                "a number instead of one for each element": lambda f, x, h: _central(f, x, h),
                "the result is flat instead of of x's shape": lambda f, x, h: _by_element(_central)(
                    f, x, h
                ).ravel(),
            },
        ),
        Task(
            "chain",
            inputs=_functions,
            judge=_chain,
            mistakes={
                "every derivative is taken at x": _all_at_x,
                "the derivatives are added instead of multiplied": _added,
                "the inner derivatives are left out": _outermost_alone,
                "the derivatives are taken at what comes out instead of in": _at_outputs,
                "the functions are called in reverse order": lambda functions, derivatives, x: (
                    _chain(functions[::-1], derivatives[::-1], x)
                ),
            },
        ),
    ),
    hints=(
        """
        A derivative is a slope: how much higher is f a little further on, and how far apart are
        the two places? For an array, ask that of each element by itself.
        """,
        """
        derivative is its formula: mind the brackets around 2 · h.
        gradient: a copy of x with one element moved, and f of it; np.ndindex(x.shape) goes
        through all elements.
        chain: keep the value that comes into each function.
        """,
        """
            for index in np.ndindex(x.shape):
                up, down = x.copy(), x.copy()
                up[index] += h
                down[index] -= h
                result[index] = …

            result = 1.0
            for f, slope in zip(functions, derivatives):
                result *= slope(x)
                x = f(x)
        """,
    ),
)
