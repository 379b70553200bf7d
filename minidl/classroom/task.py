"""What an exercise is made of, and how one is added.

An exercise is four things with one number and name, here 02 and convolution:

1. ``lessons/exercises/02_convolution.py``, what the learner starts from: a module docstring with
   the tasks in plain words and formulas, and for each function a docstring (shapes, an example)
   and ``raise NotImplementedError``. It imports NumPy and nothing of another exercise.
2. ``minidl/classroom/checks/e02_convolution.py``: its `Exercise`, under the name ``EXERCISE``.
   That is all: `minidl.classroom.checks` finds the module by its name.
3. ``tests/exercises/02_convolution/solution.py``, the reference solution: passes every task.
4. ``tests/exercises/02_convolution/wrong_*.py``, at least eight wrong solutions, each with one
   mistake that learners make. The first line is ``# diagnosis: `` and the name of the mistake, as
   it is in `Task.mistakes` or the grader gives it ('raises IndexError', 'returns None', 'changes
   its argument A', 'takes too long' …). The rest holds only what differs from ``solution.py``:
   it is read as if it stood below it, so that its functions replace those of the same name.

``tests/exercises/test_proof.py`` then proves the exercise without a change: the stub fails, its
examples are true of the solution, the solution passes, and each wrong solution fails with its
diagnosis and no other. ``MINIDL_PROOF=full python -m pytest tests/exercises`` takes all of them.

A task is written like this::

    def _image_and_kernel(draw):
        k = draw.integer(1, 3)
        rows, columns = draw.integer(k, 5), draw.integer(k, 5)
        return draw.array(rows, columns), draw.array(k, k)

    Task(
        "convolution",                       # the learner's function
        inputs=_image_and_kernel,            # draws its arguments: small, whole numbers
        judge=formulas.convolution,          # the right answer; its parameters name the arguments
        mistakes={"the kernel is flipped": lambda A, K: formulas.convolution(A, K[::-1, ::-1])},
    )

- **The judge** shares no code with what it judges: the literal formula, loops, minidl's own
  operation, SciPy. It runs in the grader's process; the learner's code runs in another.
- **A mistake** is a function of the same arguments that makes this mistake. The learner's gets
  its name if it gives the learner's answers wherever it differs from the judge, on at least
  `grader.ENOUGH` of about 50 examples. The first that fits is taken, so the special ones come
  before the general. Draw the inputs such that each differs often, and no two are always equal.
- **More than one call**, or a class: `ask` is given the learner's names and the arguments, and
  returns what is compared with the judge's answer. ``learner.Value(2.0)`` calls the learner's
  function or class; an instance of a learner's class is a `sandbox.Handle`: ``handle.get("grad")``
  reads an attribute, ``handle.call("backward")`` calls a method, and operators are written as
  such. A task about a class is called ``Value.backward``; the part before the point must be
  defined in the learner's file.
- **What goes in and out** is None, a bool, a number, a str, an array, or a list, tuple or dict of
  these. An argument may also be a function: it is called back in the grader's process, and a
  failure shows its docstring.
- **Parts that earlier exercises would have made** are listed in `Exercise.may_import`:
  ``{"minidl.ops": ("conv2d", "relu")}`` lets a solution import these two names and nothing else.
"""

import dataclasses
import inspect
from collections.abc import Callable, Mapping

STEPS = 3  # of hints: a nudge, the idea, a sketch


@dataclasses.dataclass(frozen=True)
class Task:
    """One thing to get right: a function of the learner's, and how it is judged.

    Attributes
    ----------
    name : str
        The function's name in the learner's file, or ``Class.method``.
    inputs : callable
        Takes a `minidl.classroom.inputs.Draw`, and returns the tuple of arguments.
    judge : callable
        Returns the right answer for these arguments. Its parameters give them their names.
    mistakes : mapping from str to callable
        Known mistakes: the name, and a function of the same arguments that makes it.
    ask : callable, optional
        Takes the learner's names and the arguments, and returns what is compared with the
        judge's answer; by default what the function `name` returns.
    dtype : str, optional
        The dtype that the answer needs, where that is part of the task.
    tolerance : float
        By how much, relative to the answer, the learner's may be off.
    """

    name: str
    inputs: Callable
    judge: Callable
    mistakes: Mapping[str, Callable] = dataclasses.field(default_factory=dict)
    ask: Callable | None = None
    dtype: str | None = None
    tolerance: float = 1e-5

    @property
    def definition(self):
        """Name of the function or class that must be in the learner's file."""
        return self.name.partition(".")[0]

    @property
    def arguments(self):
        """Names of the arguments."""
        return tuple(inspect.signature(self.judge).parameters)

    def answer(self, learner, arguments):
        """Return the learner's answer; `learner` has their names, see `sandbox.Sandbox`."""
        if self.ask is not None:
            return self.ask(learner, *arguments)
        return getattr(learner, self.name)(*arguments)


@dataclasses.dataclass(frozen=True)
class Exercise:
    """Some tasks that are solved in one file.

    Attributes
    ----------
    number : int
    name : str
        ``NN_name`` is what the file is called.
    tasks : tuple of Task
    hints : tuple of str
        `STEPS` of them, from a nudge to a sketch. Each may have lines, which are shown once
        their common indentation is taken off: code, indented further, as it is, prose wrapped.
    may_import : mapping from str to tuple of str
        What the file may import of minidl: modules, and names in them.
    """

    number: int
    name: str
    tasks: tuple[Task, ...]
    hints: tuple[str, str, str]
    may_import: Mapping[str, tuple[str, ...]] = dataclasses.field(default_factory=dict)

    @property
    def title(self):
        """The number and name, as in the file's name.

        >>> Exercise(2, "convolution", (), ("", "", "")).title
        '02_convolution'
        """
        return f"{self.number:02d}_{self.name}"
