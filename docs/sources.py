"""Links to files of the repository, and the pages that show them.

The guides link to files and folders as they lie in the repository. The site has no address of a
repository to send its readers to, so it shows them: a page ``source/PATH`` for each file that a
page links to or that the API reference documents, and a list for each folder.
"""

import html
import importlib
import inspect
import pathlib
import posixpath
import shutil

ROOT = pathlib.Path(__file__).resolve().parents[1]


def setup(app):
    """Let Sphinx know of the links and the pages."""
    app.shown = set()
    app.add_post_transform(_links())
    app.connect("doctree-resolved", link_signatures)
    app.connect("html-collect-pages", pages)
    app.connect("html-page-context", context)
    app.connect("build-finished", copy_downloads)
    return {"parallel_read_safe": True, "parallel_write_safe": False}


def resolve(app, docname, target, content):
    """Return a link from a page to that of a file in the repository, or None if there is none.

    `content` are the nodes that the link goes around.
    """
    from docutils import nodes

    target, _, anchor = target.partition("#")
    path = posixpath.normpath(posixpath.join(posixpath.dirname(docname), target))
    if path == "README.md":
        uri = f"{_up(docname)}index.html"
        return nodes.reference("", "", *content, internal=True, refuri=uri)
    if path.startswith("..") or not (ROOT / path).exists():
        return None
    return _link(app, docname, path, content, anchor)


def link_signatures(app, doctree, docname):
    """Add a link to the source to each function and class of the API reference."""
    from docutils import nodes
    from sphinx import addnodes

    for signature in doctree.findall(addnodes.desc_signature):
        found = _definition(signature.get("module"), signature.get("fullname"))
        if found:
            path, line = found
            text = nodes.inline("", "source", classes=["source-link"])
            signature.append(_link(app, docname, path, [text], f"L-{max(line, 1)}"))


def pages(app):
    """Yield the pages of files and folders that something links to, once for both languages."""
    for path in sorted(app.shown) if app.config.language == "en" else ():
        body = _folder(app, path) if (ROOT / path).is_dir() else _file(app, path)
        context = {"title": path, "body": f"<h1>{html.escape(path)}</h1>{body}", "is_source": True}
        yield f"source/{path}", context, "page.html"


def context(app, pagename, templatename, context, doctree):
    """Give a page's template the same page in the other language, and a lesson's files."""
    here = app.config.language
    up = _up(pagename) + ("" if here == "en" else "../")
    context["languages"] = [
        ("en", "English", f"{up}{pagename}.html", here == "en"),
        ("zh-CN", "中文", f"{up}zh_CN/{pagename}.html", here == "zh_CN"),
    ]
    if context.get("is_source"):
        context["languages"] = []
    beside = pathlib.Path(app.srcdir, pagename)
    files = [beside.with_suffix(suffix) for suffix in (".py", ".ipynb")]
    context["downloads"] = [file.name for file in files if file.exists()]


def copy_downloads(app, error):
    """Put the lessons' files beside their pages."""
    for suffix in ("py", "ipynb"):
        for file in pathlib.Path(app.srcdir).rglob(f"*.{suffix}"):
            shutil.copy2(file, pathlib.Path(app.outdir, file.relative_to(app.srcdir)))


def _link(app, docname, path, content, anchor=""):
    """Return a link from a page to that of a file, and remember that the file is shown."""
    from docutils import nodes

    app.shown.add(path)
    if (ROOT / path).is_dir():
        app.shown.update(f"{path}/{file.name}" for file in _members(path) if file.is_file())
    top = _up(docname) + ("" if app.config.language == "en" else "../")
    uri = f"{top}source/{path}.html" + (f"#{anchor}" if anchor else "")
    return nodes.reference("", "", *content, internal=True, refuri=uri)


def _links():
    """Return the transform that resolves links to files before MyST says it cannot."""
    from sphinx import addnodes
    from sphinx.transforms.post_transforms import SphinxPostTransform

    class Links(SphinxPostTransform):
        default_priority = 8  # MystReferenceResolver has 9

        def run(self, **kwargs):
            for node in list(self.document.findall(addnodes.pending_xref)):
                if node["reftype"] == "myst" and node["refdomain"] != "doc":
                    content = [child.deepcopy() for child in node.children]
                    link = resolve(self.app, self.env.docname, node["reftarget"], content)
                    if link is not None:
                        node.replace_self(link)

    return Links


def _up(docname):
    """Return the way from a page to the folder of all pages."""
    return "../" * docname.count("/")


def _members(path):
    """Return the files and folders of a folder that are worth a line."""
    found = sorted((ROOT / path).iterdir())
    folders = [each for each in found if each.is_dir() and each.name[0] not in "._"]
    return folders + [each for each in found if each.suffix in {".py", ".md"}]


def _folder(app, path):
    """Return a list of a folder's files, with the first line of what each says it is."""
    rows = []
    for member in _members(path):
        name = html.escape(member.name)
        if member.is_file():
            name = f'<a href="{posixpath.basename(path)}/{name}.html">{name}</a>'
        rows.append(
            f"<tr><td><code>{name}</code></td><td>{html.escape(_summary(member))}</td></tr>"
        )
    return f'<table class="docutils">{"".join(rows)}</table>'


def _summary(path):
    """Return the first line of a module's or a package's docstring, or nothing."""
    module = path / "__init__.py" if path.is_dir() else path
    if module.suffix != ".py" or not module.exists():
        return ""
    first = module.read_text(encoding="utf-8").partition("\n")[0]
    return first.strip('"') if first.startswith('"""') else ""


def _file(app, path):
    """Return the text of a file, coloured, with numbered lines."""
    text = (ROOT / path).read_text(encoding="utf-8")
    languages = {".py": "python", ".json": "json"}
    language = languages.get(pathlib.Path(path).suffix, "text")
    return app.builder.highlighter.highlight_block(
        text, language, linenos="inline", lineanchors="L", location=path
    )


def _definition(module, name):
    """Return the file and the line where a name of a module is defined, or None."""
    found = importlib.import_module(module) if module else None
    for part in (name or "").split("."):
        found = getattr(found, part, None)
    try:
        path = pathlib.Path(inspect.getsourcefile(inspect.unwrap(found)))
        line = inspect.getsourcelines(found)[1]
    except (TypeError, OSError):  # constants, and what has no source
        return None
    return (path.relative_to(ROOT).as_posix(), line) if path.is_relative_to(ROOT) else None
