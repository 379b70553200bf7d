"""Look at every page of the built site in a browser: ``python -m docs.check_site``.

No link or picture leads nowhere, no request leaves the folder, formulas are drawn, and nothing is
wider than a phone. Screenshots of some pages go to ``docs/_build/screenshots``, for people to see.
"""

import argparse
import pathlib
import shutil
import sys
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parents[1]
SITE = ROOT / "docs" / "_build" / "html"
SCREENSHOTS = ROOT / "docs" / "_build" / "screenshots"
TALLEST = 2400  # pixels of a picture that one can look at
SIZES = {"phone": (375, 812), "desktop": (1280, 900)}
#: Pages of which pictures are taken, in both languages.
PICTURED = (
    "index",
    "lessons/index",
    "lessons/02_convolution",
    "lessons/14_wgan_gp",
    "lessons/exercises/02_convolution",
    "docs/terms",
    "docs/teaching",
    "docs/conventions",
    "api/minidl.layers",
)
#: What a page says of itself: links, anchors, pictures, formulas and its width.
LOOK = """() => ({
    links: [...document.querySelectorAll('a[href], link[href]')].map(a => a.href),
    anchors: [...document.querySelectorAll('[id], a[name]')].map(e => e.id || e.name),
    broken: [...document.images].filter(i => i.complete && !i.naturalWidth).map(i => i.src),
    flat: [...document.querySelectorAll('math')].filter(m => {
        const box = m.getBoundingClientRect();
        return m.checkVisibility() && (box.width < 4 || box.height < 4);
    }).length,
    formulas: document.querySelectorAll('math').length,
    raw: [...document.querySelectorAll('article :is(p, li, td)')].filter(
        e => !e.closest('pre') && /\\$[^$ ][^$]*[\\\\^_][^$]*\\$/.test(e.textContent)).length,
    wide: Math.max(0, document.documentElement.scrollWidth - innerWidth),
})"""


def main(arguments=None):
    """Check all pages and report what is wrong; return 0, 1 if something is, 2 without a site."""
    parser = argparse.ArgumentParser(prog="python -m docs.check_site", description=__doc__)
    parser.add_argument("--chromium", metavar="PATH", default=shutil.which("chromium"))
    options = parser.parse_args(arguments)
    if not (SITE / "index.html").exists():
        print("there is no site yet: python -m docs", file=sys.stderr)
        return 2
    try:
        from playwright.sync_api import sync_playwright
    except ModuleNotFoundError:
        print("a browser is driven by playwright: pip install -e '.[browser]'", file=sys.stderr)
        return 2
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=options.chromium)
        looked = visit(browser)
        browser.close()
        browser = playwright.chromium.launch(executable_path=options.chromium)
        take_pictures(browser)
        browser.close()
    wrong = judge(looked)
    for line in wrong:
        print(line)
    formulas = sum(page["formulas"] for page in looked.values())
    print(f"{len(looked)} pages, {formulas} formulas, {len(wrong)} faults")
    return int(bool(wrong) or not formulas)


def visit(browser):
    """Return what each page says of itself, by its path in the site."""
    looked, outside = {}, []
    width, height = SIZES["phone"]
    page = browser.new_page(viewport={"width": width, "height": height})
    page.on("request", lambda request: outside.append(request.url) if _outside(request) else None)
    for path in sorted(SITE.rglob("*.html")):
        outside.clear()
        page.goto(path.as_uri(), wait_until="load")
        looked[path] = page.evaluate(LOOK) | {"outside": list(outside)}
    page.close()
    return looked


def judge(looked):
    """Return a line for each fault, from what `visit` has seen."""
    anchors = {path: set(page["anchors"]) for path, page in looked.items()}
    wrong = []
    for path, page in looked.items():
        faults = [f"asks for {url}" for url in page["outside"]]
        faults += [f"cannot show {url}" for url in page["broken"]]
        faults += [f"{page['flat']} formulas are not drawn"] * bool(page["flat"])
        faults += [f"{page['raw']} formulas are left as text"] * bool(page["raw"])
        faults += [f"is {page['wide']} pixels wider than a phone"] * bool(page["wide"])
        faults += [f"leads nowhere: {url}" for url in page["links"] if not _leads(url, anchors)]
        wrong += [f"{path.relative_to(SITE)}: {fault}" for fault in dict.fromkeys(faults)]
    return wrong


def take_pictures(browser):
    """Take pictures of some pages, as on a phone and on a desk, in both languages."""
    shutil.rmtree(SCREENSHOTS, ignore_errors=True)
    SCREENSHOTS.mkdir(parents=True)
    for kind, (width, height) in SIZES.items():
        page = browser.new_page(viewport={"width": width, "height": height})
        for language in ("", "zh_CN"):
            for name in PICTURED:
                page.set_viewport_size({"width": width, "height": height})
                page.goto((SITE / language / f"{name}.html").as_uri())
                whole = page.evaluate("document.documentElement.scrollHeight")
                page.set_viewport_size({"width": width, "height": min(whole, TALLEST)})
                picture = f"{name.replace('/', '-')}-{language or 'en'}-{kind}.png"
                page.screenshot(path=SCREENSHOTS / picture)
        page.close()


def _outside(request):
    """Whether a request leaves the site's folder."""
    return not request.url.startswith((SITE.as_uri(), "data:", "blob:"))


def _leads(url, anchors):
    """Whether a link leads to a file of the site, and to a place that is there; others may."""
    parts = urllib.parse.urlsplit(url)
    if parts.scheme != "file":
        return True
    path = pathlib.Path(urllib.parse.unquote(parts.path))
    place = urllib.parse.unquote(parts.fragment)
    if not path.is_file() or not path.is_relative_to(SITE):
        return False
    return not place or path not in anchors or place in anchors[path]


if __name__ == "__main__":
    sys.exit(main())
