r"""Formulas in a lesson's text, and what a terminal can show of them.

>>> readable(r"f(x) = \sum_{i=0}^{k-1} A(x+i) \cdot K(i)")
'f(x) = Σᵢ₌₀ᵏ⁻¹ A(x + i) · K(i)'
"""

import re
from typing import NamedTuple

_PIECES = re.compile(r"(`[^`]*`)|\$\$(.+?)\$\$|\$([^$\n]+?)\$", re.DOTALL)
_TOKENS = re.compile(r"\\[a-zA-Z]+|\\.|\S|\s+", re.DOTALL)

_TO_RHO = "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho"
_FROM_SIGMA = "sigma tau upsilon phi chi psi omega"
_GREEK = dict(zip(_TO_RHO.split(), "αβγδεζηθικλμνξοπρ", strict=True))
_GREEK |= dict(zip(_FROM_SIGMA.split(), "στυφχψω", strict=True))
_CAPITALS = "Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega"
_LETTERS = (
    _GREEK
    | {"varepsilon": "ε", "varphi": "φ", "vartheta": "ϑ", "ell": "ℓ"}
    | {name: _GREEK[name.lower()].upper() for name in _CAPITALS.split()}
    | {"partial": "∂", "nabla": "∇", "infty": "∞", "prime": "′", "top": "T", "emptyset": "∅"}
    | {"ldots": "…", "dots": "…", "cdots": "⋯", "forall": "∀", "exists": "∃", "star": "*"}
    | {"|": "‖", "Vert": "‖", "mid": " | ", "%": "%", "#": "#", "_": "_", "$": "$"}
)
_BINARY = {"cdot": "·", "times": "×", "pm": "±", "odot": "⊙", "otimes": "⊗", "oplus": "⊕"}
_BINARY |= {"circ": "∘", "ast": "∗", "cap": "∩", "cup": "∪", "div": "÷", "setminus": "∖"}
_RELATIONS = {"le": "≤", "leq": "≤", "ge": "≥", "geq": "≥", "ne": "≠", "neq": "≠", "sim": "∼"}
_RELATIONS |= {"approx": "≈", "equiv": "≡", "propto": "∝", "in": "∈", "notin": "∉", "to": "→"}
_RELATIONS |= {"rightarrow": "→", "leftarrow": "←", "gets": "←", "mapsto": "↦", "ll": "≪"}
_RELATIONS |= {"Rightarrow": "⇒", "iff": "⇔", "subset": "⊂", "subseteq": "⊆", "gg": "≫"}
_SUMS = {"sum": "Σ", "prod": "Π", "int": "∫"}
_NAMES = "max min arg log ln exp sin cos tan tanh sup inf lim det gcd"
_OPERATORS = {name: name for name in _NAMES.split()}
_OPENING = {"{": "{", "lfloor": "⌊", "lceil": "⌈", "langle": "⟨", "lVert": "‖", "lvert": "|"}
_CLOSING = {"}": "}", "rfloor": "⌋", "rceil": "⌉", "rangle": "⟩", "rVert": "‖", "rvert": "|"}
_SPACES = dict.fromkeys([",", ";", ":", " "], " ") | {"!": "", "quad": "  ", "qquad": "    "}
_SKIPPED = ("left", "right", "big", "Big", "bigl", "bigr", "Bigl", "Bigr", "displaystyle", "limits")
_CHARACTERS = {"-": ("binary", "−"), "'": ("letter", "′"), "~": ("space", " "), "|": ("bar", "|")}
_CHARACTERS |= {each: ("binary", each) for each in "+*"}
_CHARACTERS |= {each: ("relation", each) for each in "=<>"}
_CHARACTERS |= {each: ("comma", each) for each in ",;"}
_CHARACTERS |= {each: ("open", each) for each in "(["} | {each: ("close", each) for each in ")]"}

_ACCENTS = {"hat": "\u0302", "bar": "\u0304", "tilde": "\u0303", "dot": "\u0307", "vec": "\u20d7"}
_PLAIN = ("mathbf", "mathrm", "mathit", "boldsymbol", "mathsf", "bm")
_DOUBLE = dict(zip("ENRZPCQ", "𝔼ℕℝℤℙℂℚ", strict=True))
_SCRIPT = dict(zip("LNDHFEB", "ℒ𝒩𝒟ℋℱℰℬ", strict=True))
_LOWER = dict(
    zip(
        "0123456789+−=()aehijklmnoprstuvxβγρφχ",
        "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵪ",
        strict=True,
    )
)
_RAISED = dict(
    zip(
        "0123456789+−=()abcdefghijklmnoprstuvwxyzABDEGHIJKLMNOPRTUVW′*",
        "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂ′*",
        strict=True,
    )
)


def split(text):
    r"""Return a text as (kind, piece) pairs: "text", "inline" formulas and "block" ones.

    >>> split("so $k$ is `a$b$` $$k = 2$$")
    [('text', 'so '), ('inline', 'k'), ('text', ' is `a$b$` '), ('block', 'k = 2')]
    """
    pieces, plain, end = [], "", 0
    for match in _PIECES.finditer(text):
        plain += text[end : match.start()]
        code, block, inline = match.groups()
        if code is not None:
            plain += code
        else:
            if plain:
                pieces.append(("text", plain))
            kind = "inline" if block is None else "block"
            pieces.append((kind, (inline if block is None else block).strip()))
            plain = ""
        end = match.end()
    plain += text[end:]
    return [*pieces, ("text", plain)] if plain else pieces


def readable(latex):
    r"""Return a formula in Unicode, or the LaTeX itself where that cannot hold it.

    >>> readable(r"\frac{\partial L}{\partial w} = -2\alpha\, x^2\, w_{ij}")
    '∂L/∂w = −2α x² wᵢⱼ'
    >>> readable(r"\begin{cases} a \\ b \end{cases}")
    '\\begin{cases} a \\\\ b \\end{cases}'
    """
    try:
        lines = _joined(_Reader(latex).row()).splitlines()
    except _UnknownError:
        return latex
    return "\n".join(line.strip() for line in lines)


class _UnknownError(Exception):
    """A formula has what is not in the tables."""


class _Atom(NamedTuple):
    kind: str  # a key of _COMMANDS or a kind in _CHARACTERS, fraction, or line: the next one
    text: str


class _Reader:
    """Reads LaTeX from left to right."""

    def __init__(self, latex):
        self._tokens = _TOKENS.findall(latex)
        self._next = 0

    def row(self, closing=None):
        """Return the atoms up to a brace that closes, or the end."""
        atoms = []
        while (token := self._peek()) != closing:
            if token is None or token == "}":
                raise _UnknownError
            if token.isspace() or token == "&":  # where lines are aligned: here they are not
                self._next += 1
            else:
                atoms += self._scripted(self._atoms())
        self._next += 1
        return atoms

    def _peek(self):
        return self._tokens[self._next] if self._next < len(self._tokens) else None

    def _take(self):
        while (token := self._peek()) is not None and token.isspace():
            self._next += 1
        if token is None:
            raise _UnknownError
        self._next += 1
        return token

    def _argument(self):
        """Return the atoms of what follows: a group in braces, or one sign."""
        token = self._take()
        if token == "{":
            return self.row("}")
        self._next -= 1
        return self._atoms()

    def _words(self):
        """Return a group in braces as it stands."""
        if self._take() != "{":
            raise _UnknownError
        begin = self._next
        self.row("}")
        return "".join(self._tokens[begin : self._next - 1])

    def _atoms(self):
        token = self._take()
        if token == "{":
            return self.row("}")
        if token.startswith("\\"):
            return self._command(token[1:])
        if token in "_^}":
            raise _UnknownError
        return [_Atom(*_CHARACTERS.get(token, ("letter", token)))]

    def _command(self, name):
        for kind, table in _COMMANDS.items():
            if name in table:
                return [_Atom(kind, table[name])]
        if name in _SKIPPED:
            if self._peek() == ".":
                self._next += 1
            return []
        if name == "frac":
            return [
                _Atom("fraction", f"{_bracketed(self._argument())}/{_bracketed(self._argument())}")
            ]
        if name == "sqrt" and self._peek() != "[":
            return [_Atom("letter", "√" + _bracketed(self._argument()))]
        if name in _ACCENTS:
            return [_Atom("letter", _single(self._argument()) + _ACCENTS[name])]
        if name in ("mathbb", "mathcal"):
            letters = _DOUBLE if name == "mathbb" else _SCRIPT
            return [_Atom("letter", _looked_up(_single(self._argument()), letters))]
        if name in _PLAIN:
            return self._argument()
        if name == "\\":
            return [_Atom("line", "\n")]
        if name in ("begin", "end"):
            return self._environment()
        if name == "text":
            return [_Atom("letter", self._words())]
        if name == "operatorname":
            return [_Atom("operator", self._words())]
        raise _UnknownError

    def _environment(self):
        """Read the name of an environment, of which only lines below each other are known."""
        if self._words() not in ("aligned", "align*", "gathered"):
            raise _UnknownError
        return []

    def _scripted(self, atoms):
        """Put the indices and exponents that follow on the last of the atoms."""
        while self._peek() in ("_", "^"):
            low = self._take() == "_"
            script = _joined(self._argument(), tight=True)
            letters = _LOWER if low else _RAISED
            if all(each in letters for each in script):
                script = "".join(letters[each] for each in script)
            else:
                script = ("_" if low else "^") + (script if len(script) == 1 else f"({script})")
            kind, text = atoms[-1] if atoms else ("letter", "")
            atoms = [*atoms[:-1], _Atom(kind, text + script)]
        return atoms


_COMMANDS = {
    "letter": _LETTERS,
    "binary": _BINARY,
    "relation": _RELATIONS,
    "operator": _OPERATORS,
    "sum": _SUMS,
    "open": _OPENING,
    "close": _CLOSING,
    "space": _SPACES,
}


def _joined(atoms, tight=False):
    """Return atoms as text, with the spaces that typesetting gives them."""
    text, last = "", "open"
    for kind, part in atoms:
        if kind == "binary" and last in _BEFORE_A_SIGN:
            kind = "sign"  # of a number, not between two
        apart = last == "comma" or any(each in ("binary", "relation") for each in (last, kind))
        if kind != "space" and ((apart and not tight) or (last, kind) in _APART):
            text = text if text.endswith((" ", "\n")) else text + " "
        text += part
        last = kind
    return text


_BEFORE_A_SIGN = ("binary", "relation", "operator", "sum", "open", "comma", "line")
_WORDS = ("operator", "sum")
#: Pairs of neighbours that a space parts, besides what stands around signs and after commas.
_APART = {
    *((last, kind) for last in ("letter", "close", *_WORDS) for kind in (*_WORDS, "fraction")),
    *((last, kind) for last in (*_WORDS, "fraction") for kind in ("letter", "fraction", "sign")),
    *(("fraction", kind) for kind in (*_WORDS, "open")),
    ("sum", "open"),
    ("sum", "bar"),
}


def _bracketed(atoms):
    """Return atoms as text that can stand beside a stroke or under a root."""
    text = _joined(atoms)
    plain = len(atoms) == 1 or text.isdigit() or text.startswith(("∂", "d"))
    return text if plain and " " not in text else f"({text})"


def _single(atoms):
    if len(atoms) != 1 or len(atoms[0].text) != 1:
        raise _UnknownError
    return atoms[0].text


def _looked_up(letter, letters):
    if letter not in letters:
        raise _UnknownError
    return letters[letter]
