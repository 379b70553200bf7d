"""The Chinese pages are whole, and README.zh.md is what the catalogue makes of README.md."""

import pathlib

import pytest

from docs import translations

README = """# minidl

**Two** formulas,
and nothing else.

<img src="a.png" width="20" alt="A digit">

| command | what it does |
| --- | --- |
| `train` | trains |

- a list,
  in two lines

```python
>>> "trains"  # A digit
```
"""
CATALOGUE = {
    "**Two** formulas, and nothing else.": "**两个**公式，再无其他。",
    "A digit": "一个数字",
    "what it does": "作用",
    "trains": "训练",
    "a list, in two lines": "一个列表，共两行",
}


def test_readme_in_chinese_is_up_to_date():
    written = pathlib.Path(translations.ROOT, "README.zh.md").read_text(encoding="utf-8")
    assert written == translations.readme(), "python -m docs --update-catalogues writes it again"


def test_pages_in_chinese_have_no_gaps(capsys):
    assert translations.check() == 0, capsys.readouterr().err


def test_translate_replaces_text_and_keeps_code():
    translated = translations.translate(README, CATALOGUE)
    assert translated == (
        README.replace("**Two** formulas,\nand nothing else.", "**两个**公式，再无其他。")
        .replace('alt="A digit"', 'alt="一个数字"')
        .replace("what it does", "作用")
        .replace("| trains |", "| 训练 |")
        .replace("a list,\n  in two lines", "一个列表，共两行")
    )


def test_what_has_no_translation_stays():
    paragraph = translations.translate(README, {}).split("\n\n")[1]
    assert paragraph == "**Two** formulas, and nothing else."


@pytest.fixture
def catalogues(tmp_path, monkeypatch):
    monkeypatch.setattr(translations, "ROOT", tmp_path)
    monkeypatch.setattr(translations, "CATALOGUES", tmp_path)
    monkeypatch.setattr(translations, "TRANSLATED", ("page",))
    return tmp_path


@pytest.mark.parametrize(
    ("entry", "fault"),
    [
        ('msgid "Edges"\nmsgstr ""', "page: not translated: Edges\n"),
        (
            '#, fuzzy\nmsgid "Edges"\nmsgstr "边缘"',
            "page: changed since it was translated: Edges\n",
        ),
        ('msgid "Edges"\nmsgstr "边缘"', ""),
        ('msgid "`minidl train` (3 × 3)"\nmsgstr ""', ""),
        ('msgid "[`docs/`](docs)"\nmsgstr ""', ""),
    ],
)
def test_check(catalogues, capsys, entry, fault):
    header = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'
    (catalogues / "page.po").write_text(f"{header}{entry}\n", encoding="utf-8")
    assert translations.check() == bool(fault)
    assert capsys.readouterr().err == fault


def test_check_wants_a_catalogue(catalogues, capsys):
    assert translations.check() == 1
    assert capsys.readouterr().err == "page: no catalogue: page.po\n"
