"""Run ONNX's node cases through ONNX Runtime and through minidl, and compare the two.

``PYTHONPATH=.:tests/helpers python tests/reference/run_onnxruntime.py`` needs
``pip install -e . onnx onnxruntime``. ONNX's own expected outputs play no part here: what is
compared is what the two compute. The figures are written to docs/verification.md. It is run
by hand, for ONNX Runtime is large, and has kernels for some types of numbers only.
"""

import collections
import datetime
import pathlib
import textwrap

import numpy as np
import onnx
import onnxruntime
from onnx_cases import cases_of_operators, run
from onnx_operators import OPERATORS, LeftOut

DOCS = pathlib.Path(__file__).parents[2] / "docs" / "verification.md"
MARK = "<!-- onnxruntime -->\n"


def compare(case):
    """Return "agree", "differ", or why there is nothing to compare."""
    ((inputs, _),) = case.data_sets
    arrays = [isinstance(x, np.ndarray | np.generic) and x.dtype.kind in "fiub" for x in inputs]
    if not all(arrays):
        return "left out by minidl"
    try:
        with np.errstate(all="ignore"):
            found = run(case.model.graph, inputs)
    except LeftOut:
        return "left out by minidl"
    try:
        expected = by_runtime(case.model, inputs)
    except Exception as error:  # its errors have no base class of their own
        print(f"{case.name}: {str(error).splitlines()[0]}")
        return "not taken by ONNX Runtime"
    same = all(map(lambda f, e: agrees(f, e, case), found, expected))
    print(f"{case.name}: {'agree' if same else 'DIFFER'}")
    return "agree" if same else "differ"


def by_runtime(model, inputs):
    """Return the outputs that ONNX Runtime computes on the processor."""
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    names = [i.name for i in session.get_inputs()]
    return session.run(None, dict(zip(names, map(np.asarray, inputs), strict=True)))


def agrees(found, expected, case):
    found, expected = np.asarray(found), np.asarray(expected)
    rtol = max(case.rtol, 5e-3) if expected.dtype == np.float16 else case.rtol
    return found.shape == expected.shape and np.allclose(
        found, expected, rtol=rtol, atol=case.atol, equal_nan=True
    )


def main():
    cases = cases_of_operators()
    results = {case.name: compare(case) for name in OPERATORS for case in cases[name]}
    count = collections.Counter(results.values())
    differ = ", ".join(f"`{name}`" for name, result in results.items() if result == "differ")
    text = textwrap.fill(
        f"onnxruntime {onnxruntime.__version__} and onnx {onnx.__version__} on "
        f"{datetime.date.today()}: of {len(results)} node cases {count['agree']} agree and "
        f"{count['differ']} differ{f' ({differ})' if differ else ''}; ONNX Runtime does not take "
        f"{count['not taken by ONNX Runtime']}, and {count['left out by minidl']} are left out "
        "below.",
        width=100,
    )
    head, _, tail = DOCS.read_text("utf-8").split(MARK)
    DOCS.write_text(f"{head}{MARK}{text}\n{MARK}{tail}", "utf-8")
    print(text)


if __name__ == "__main__":
    main()
