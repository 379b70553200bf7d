"""`minidl.classroom.mathtext`: formulas that a terminal can show."""

import pytest

from minidl.classroom import cells, mathtext, places


@pytest.mark.parametrize(
    ("latex", "text"),
    [
        (r"\max(A(x, y), A(x+k, y))", "max(A(x, y), A(x + k, y))"),
        (r"(x, y) = M^{-1}(x', y')", "(x, y) = M⁻¹(x′, y′)"),
        (
            r"L = -\frac{1}{N}\sum_{n=1}^{N} \log p_{n, y_n}",
            "L = −1/N Σₙ₌₁ᴺ log p_(n,yₙ)",
        ),
        (
            r"\theta \leftarrow \theta - \eta\frac{\hat m}{\sqrt{\hat v} + \epsilon}",
            "θ ← θ − η m\u0302/(√v\u0302 + ε)",
        ),
        (r"\mathbb{E}_{x \sim P}[D(x)]", "𝔼_(x∼P)[D(x)]"),
        (r"\lVert \nabla D \rVert_2 - 1", "‖∇D‖₂ − 1"),
        (r"e^{-x^2} + 10^{-3}", "e^(−x²) + 10⁻³"),
        (r"\left(\frac{a+b}{2c}\right)^2", "((a + b)/(2c))²"),
        (r"\arg\max_k\, p_k", "arg maxₖ pₖ"),
        (r"3 \times 3,\; \{1, \dots, n\}", "3 × 3, {1, …, n}"),
        (r"\operatorname{relu}(z) \text{ if } z \ge 0", "relu(z) if z ≥ 0"),
        (r"|\frac{a}{b}| = \sum_i (x_i - 1) \qquad y = 2", "|a/b| = Σᵢ (xᵢ − 1)    y = 2"),
        (r"\begin{aligned} a &= -b \\ &= c \end{aligned}", "a = −b\n= c"),
        (r"\mathbf{W}^\top \mathbf{x}", "Wᵀx"),
    ],
)
def test_readable(latex, text):
    assert mathtext.readable(latex) == text


@pytest.mark.parametrize(
    "latex",
    [
        r"\begin{cases}1\\2\end{cases}",
        r"\unheardof x",
        "x_",
        "{x",
        "x}",
        r"\sqrt[3]{x}",
        r"\frac{1}",
        r"\hat{ab}",
    ],
)
def test_what_cannot_be_turned_stays_latex(latex):
    assert mathtext.readable(latex) == latex


def test_blocks_may_be_of_several_lines_and_code_is_no_formula():
    pieces = mathtext.split("$$a\n= b$$ and `$x$`, $y$; 5 $")
    assert pieces == [
        ("block", "a\n= b"),
        ("text", " and `$x$`, "),
        ("inline", "y"),
        ("text", "; 5 $"),
    ]


@pytest.mark.parametrize("path", places.lessons().values(), ids=lambda path: path.stem)
def test_every_formula_of_the_lessons_is_turned(path):
    texts = [cell.source for cell in cells.read(path) if cell.kind == "markdown"]
    formulas = [piece for text in texts for kind, piece in mathtext.split(text) if kind != "text"]
    assert [each for each in formulas if "\\" in mathtext.readable(each)] == []
