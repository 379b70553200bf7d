"""Which fonts can draw a text, for the figures: names of classes and files may be in any script.

Matplotlib is imported when it is asked; tested by ``tests/plots/``.
"""

import functools

#: Fonts with Chinese, Japanese and Korean letters, one of which most systems have.
CJK_FONTS = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "Droid Sans Fallback",
    "PingFang SC",
    "Hiragino Sans GB",
    "Heiti TC",
    "Microsoft YaHei",
    "SimHei",
    "Noto Sans CJK JP",
    "Arial Unicode MS",
)
FONT = "DejaVu Sans"  # comes with Matplotlib


def that_draw(text):
    """Return families of fonts for a text, and the code points that they can draw."""
    fonts = [FONT]
    covered = _letters(FONT)
    if not {ord(letter) for letter in text} <= covered:
        for font in _installed(CJK_FONTS):
            fonts.append(font)
            covered = covered | _letters(font)
    return fonts, covered


def shortened(text, longest):
    """Leave out the middle of a long text: names often differ at their ends."""
    if len(text) <= longest:
        return text
    return f"{text[: longest // 2]}…{text[longest // 2 + 1 - longest :]}"


@functools.cache
def _letters(font):
    """Return the code points that an installed font can draw."""
    from matplotlib import font_manager

    return set(font_manager.get_font(font_manager.findfont(font)).get_charmap())


def _installed(families):
    from matplotlib import font_manager

    here = {entry.name for entry in font_manager.fontManager.ttflist}
    return [family for family in families if family in here]
