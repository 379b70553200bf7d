"""How Sphinx builds the site. It reads the tree of pages that `docs.stage` lays out."""

import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

project = "minidl"
author = "The minidl authors"
extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx_design",
    "docs.docstrings",
    "docs.mathml",
    "docs.sources",
    "docs.translations",
]

language = "en"
locale_dirs = [str(ROOT / "docs" / "locale")]
gettext_compact = False
gettext_uuid = False
gettext_location = False

myst_enable_extensions = ["colon_fence", "dollarmath", "html_image"]
myst_heading_anchors = 3

napoleon_google_docstring = False
napoleon_use_rtype = False
napoleon_custom_sections = ["Shapes"]
autodoc_member_order = "groupwise"
autodoc_preserve_defaults = True
#: One backtick around a name in a docstring: a link if the name is known, else code.
default_role = "py:obj"
#: Where several classes have a method of that name, it stays code.
suppress_warnings = ["ref.python"]
add_module_names = False
toc_object_entries_show_parents = "hide"

html_theme = "furo"
html_title = "minidl"
html_static_path = ["_static"]
html_css_files = ["site.css"]
templates_path = ["_templates"]
html_math_renderer = "mathml"
html_copy_source = False
html_show_copyright = False
