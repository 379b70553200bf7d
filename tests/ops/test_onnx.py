"""ONNX's own test cases, those made by PyTorch among them, against minidl's operations.

The `onnx` package brings for each operator a few inputs and the outputs that they must
give, and models that PyTorch exported together with what PyTorch computed. A case runs in
terms of `minidl.ops`; what it asks for beyond them is left out with a reason, and the list
of all that was run and left out is in docs/verification.md, which is checked here.
"""

import collections
import pathlib

import numpy as np
import onnx
import pytest
from onnx import numpy_helper
from onnx_cases import cases_of_operators, run
from onnx_operators import OPERATORS, LeftOut

DATA = pathlib.Path(onnx.__file__).parent / "backend" / "test" / "data"
MODELS = sorted(
    p for kind in ("operator", "converted") for p in DATA.glob(f"pytorch-{kind}/test_*")
)
DOCS = pathlib.Path(__file__).parents[2] / "docs" / "verification.md"
KINDS = "fiub"


@pytest.fixture(scope="module")
def cases():
    return cases_of_operators()


def check(graph, inputs, outputs, rtol, atol):
    """Compare what the model gives; return why not, if it asks for what there is not."""
    for array in (*inputs, *outputs):
        if not isinstance(array, np.ndarray | np.generic) or array.dtype.kind not in KINDS:
            return f"numbers of type {getattr(array, 'dtype', type(array).__name__)}"
    try:
        with np.errstate(all="ignore"):
            found = run(graph, inputs)
    except LeftOut as reason:
        return str(reason)
    for f, expected in zip(found, outputs, strict=True):
        rtol = max(rtol, 5e-3) if expected.dtype == np.float16 else rtol
        assert np.shape(f) == expected.shape
        np.testing.assert_allclose(f, expected, rtol=rtol, atol=atol)
    return None


def check_node(case):
    ((inputs, outputs),) = case.data_sets
    return check(case.model.graph, inputs, outputs, case.rtol, case.atol)


def check_model(path):
    model = onnx.load(path / "model.onnx")
    results = []
    for folder in sorted(path.glob("test_data_set_*")):
        inputs, outputs = (
            [load(folder / f"{kind}_{i}.pb") for i in range(len(list(folder.glob(f"{kind}_*"))))]
            for kind in ("input", "output")
        )
        results.append(check(model.graph, inputs, outputs, 1e-3, 1e-7))
    return results[0]


def load(path):
    return numpy_helper.to_array(onnx.load_tensor(path))


@pytest.mark.parametrize("operator", OPERATORS)
def test_operator(operator, cases):
    assert cases[operator]
    for case in cases[operator]:
        try:
            check_node(case)
        except Exception as error:
            error.add_note(f"in {case.name}")
            raise


@pytest.mark.parametrize("path", MODELS, ids=lambda p: p.name)
def test_model_made_by_pytorch(path):
    check_model(path)


def report(cases):
    """Return the list for docs/verification.md."""
    rows, left_out, total = [], [], collections.Counter()
    groups = [(name, [(c.name, check_node, c) for c in cases[name]]) for name in OPERATORS]
    groups.append(("Models made by PyTorch", [(p.name, check_model, p) for p in MODELS]))
    for name, members in groups:
        reasons = {case: checked(given) for case, checked, given in members}
        passed = sum(reason is None for reason in reasons.values())
        rows.append(f"| {name} | {passed} | {len(reasons) - passed} |")
        by_reason = collections.defaultdict(list)
        for case, reason in reasons.items():
            total[reason is None] += 1
            if reason is not None:
                by_reason[reason].append(case.removeprefix("test_"))
        for reason, names in by_reason.items():
            left_out.append(f"- {name}, {reason}: {', '.join(f'`{n}`' for n in names)}")
    return "\n".join([
        f"Cases of onnx {onnx.__version__}: **{total[True]} run, all passed; {total[False]} left "
        "out**.", "", "| operator | passed | left out |", "| --- | ---: | ---: |", *rows, "",
        "Left out, and what they ask for:", "", *left_out,
    ])  # fmt: skip


def test_the_list_in_the_docs_is_what_ran(cases):
    text = DOCS.read_text()
    recorded = text.split("<!-- onnx -->\n")[1]
    if f"onnx {onnx.__version__}:" not in recorded:
        pytest.skip("the list was written with another version of onnx")
    assert recorded.strip() == report(cases)


if __name__ == "__main__":  # write the list anew
    head = DOCS.read_text().split("<!-- onnx -->\n")[0]
    DOCS.write_text(f"{head}<!-- onnx -->\n{report(cases_of_operators())}\n")
