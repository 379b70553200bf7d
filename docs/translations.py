"""The Chinese catalogues: brought up to date, checked, and the README made from its own.

A catalogue (``docs/locale/zh_CN/LC_MESSAGES/PAGE.po``) has a page's texts paragraph by paragraph,
in English and in Chinese; code is in none. The site's Chinese pages come from them.
"""

import io
import pathlib
import re
import subprocess
import sys

from minidl.runtime.files import write_text

ROOT = pathlib.Path(__file__).resolve().parents[1]
CATALOGUES = ROOT / "docs" / "locale" / "zh_CN" / "LC_MESSAGES"
#: Pages that are in Chinese as a whole, every lesson and exercise among them: a text that is
#: missing there is an error.
TRANSLATED = (
    "index",
    "api/index",
    "docs/conventions",
    "docs/teaching",
    "docs/terms",
    "lessons/index",
    "lessons/exercises/index",
    *(
        path.relative_to(ROOT).with_suffix("").as_posix()
        for path in sorted((ROOT / "lessons").rglob("[0-9][0-9]_*.py"))
    ),
)
#: The READMEs' links to each other, which the site does not need: its pages have their own.
LANGUAGES = {"[中文](README.zh.md)": "[English](README.md)"}
#: What a header must have; dates would make every update a change.
_HEADER = re.compile(r'^"(?!Language:|MIME|Content|Plural).*: .*\\n"\n', re.MULTILINE)
#: Code, addresses, numbers and signs: nothing to translate.
_NO_WORDS = re.compile(r"(``.+?``|`[^`]*`|\]\([^)]*\)|[\W\d_])*")

#: What a picture in HTML shows, in words.
_ALT = re.compile(r'alt="([^"]*)"')


def setup(app):
    """Keep formulas as they are, and the table of terms: it has both languages."""
    app.add_transform(_keep())
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def update(build):
    """Bring the catalogues and README.zh.md up to date, and say what is not translated.

    A text that another catalogue has in Chinese is taken from there. Texts that have changed
    slightly keep their old translation, marked as fuzzy: to be looked at, and not used.

    Parameters
    ----------
    build : pathlib.Path
        The folder that `docs.stage` has laid out ``pages`` in.
    """
    templates = build / "gettext"
    command = [sys.executable, "-m", "sphinx", "-qE", "-b", "gettext", "-c", str(ROOT / "docs")]
    subprocess.run([*command, str(build / "pages"), str(templates)], check=True)
    known = {
        message.id: message.string
        for path in CATALOGUES.rglob("*.po")
        for message in _texts(path)
        if message.string and not message.fuzzy
    }
    for template in sorted(templates.rglob("*.pot")):
        page = template.relative_to(templates).with_suffix("").as_posix()
        if not page.startswith("api/minidl"):
            _update(template, CATALOGUES / f"{page}.po", known)
    for path in sorted(CATALOGUES.rglob("*.po")):
        if not (templates / path.relative_to(CATALOGUES)).with_suffix(".pot").exists():
            path.unlink()
    write_text(ROOT / "README.zh.md", readme())
    for line in report():
        print(line)
    return 0


def check():
    """Return 0 if the pages that are said to be in Chinese are, else 1, and say what is missing."""
    gaps = [(page, *gap) for page in TRANSLATED for gap in missing(page)]
    for page, kind, text in gaps:
        print(f"{page}: {kind}: {text}", file=sys.stderr)
    return int(bool(gaps))


def missing(page):
    """Yield what is wrong in a page's catalogue, as (kind, text)."""
    path = CATALOGUES / f"{page}.po"
    if not path.exists():
        yield "no catalogue", str(path.relative_to(ROOT))
        return
    for message in _texts(path):
        if not message.string:
            yield "not translated", message.id
        elif message.fuzzy:
            yield "changed since it was translated", message.id


def report():
    """Return a line for each page: how many of its texts are translated."""
    lines = []
    for path in sorted(CATALOGUES.rglob("*.po")):
        page = path.relative_to(CATALOGUES).with_suffix("").as_posix()
        gaps, texts = len(list(missing(page))), len(_texts(path))
        lines.append(f"{page:40} {texts - gaps:4} of {texts:4}")
    return lines


def readme():
    """Return README.md in Chinese, from the catalogue of the site's start page."""
    catalogue = _read(CATALOGUES / "index.po")
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    return translate(text, {message.id: message.string for message in catalogue} | LANGUAGES)


def translate(text, catalogue):
    r"""Return Markdown with its paragraphs, headings and cells replaced; code stays.

    Parameters
    ----------
    text : str
    catalogue : mapping from str to str
        Translations; each text is one line, as in a catalogue.

    >>> catalogue = {"Edges": "边缘", "Find them.": "找"}
    >>> print(translate("# Edges\n\nFind\nthem.\n\n    code\n", catalogue))
    # 边缘
    <BLANKLINE>
    找
    <BLANKLINE>
        code
    """
    from markdown_it import MarkdownIt

    lines = text.split("\n")
    for token in reversed(MarkdownIt("commonmark").enable("table").parse(text)):
        if token.type == "html_block":
            lines[slice(*token.map)] = _ALT.sub(
                lambda match: f'alt="{catalogue.get(match[1], match[1])}"', token.content.rstrip()
            ).split("\n")
        elif token.type == "inline":
            content = " ".join(token.content.split("\n"))
            translated = catalogue.get(content) or content
            begin, end = token.map
            is_cell = lines[begin].startswith("|")
            old = f"| {content} |" if is_cell else token.content.partition("\n")[0]
            new = f"| {translated} |" if is_cell else translated
            lines[begin:end] = [lines[begin].replace(old, new, 1)]
    return "\n".join(lines)


def _texts(path):
    """Return the messages of a catalogue that have words in them."""
    return [message for message in _read(path) if not _NO_WORDS.fullmatch(message.id)]


def _read(path):
    """Return a catalogue that Babel has read."""
    from babel.messages.pofile import read_po

    with open(path, "rb") as file:
        return read_po(file, locale="zh_CN")


def _update(template, path, known):
    """Bring one catalogue up to date with its template."""
    from babel.messages.pofile import write_po

    fresh = _read(template)
    catalogue = _read(path) if path.exists() else _read(template)
    catalogue.update(fresh, update_header_comment=False)
    catalogue.obsolete.clear()
    catalogue.fuzzy = False
    catalogue.header_comment = f"# {path.relative_to(CATALOGUES)}: English and Chinese."
    for message in catalogue:
        if message.id and not message.string and message.id in known:
            message.string = known[message.id]
    written = io.BytesIO()
    write_po(written, catalogue, width=100)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_text(path, _HEADER.sub("", written.getvalue().decode("utf-8")))


def _keep():
    """Return the transform that takes formulas and the table of terms out of what is translated."""
    from docutils import nodes
    from sphinx.transforms import SphinxTransform

    class Keep(SphinxTransform):
        default_priority = 5  # translations come later

        def apply(self):
            kept = list(self.document.findall(nodes.math_block))
            if self.env.docname == "docs/terms":
                for table in self.document.findall(nodes.table):
                    kept += table.findall(nodes.paragraph)
            for node in kept:
                node["translatable"] = False

    return Keep
