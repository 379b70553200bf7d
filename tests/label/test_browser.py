"""The page in a real browser: headless Chromium, driven by Playwright.

Skipped without the extra "browser" or without a Chromium of the system's own.
"""

import os
import re
import shutil

import pytest

from minidl.data.annotations import runs
from minidl.data.labelset import LabelClass, LabelSet
from minidl.label.journal import read

sync_api = pytest.importorskip("playwright.sync_api", reason="needs the extra 'browser'")
expect = sync_api.expect

NAMES = ("chromium", "chromium-browser", "google-chrome")
QUIET = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run")
QUIET = (*QUIET, "--disable-background-networking", "--disable-component-update", "--disable-sync")


@pytest.fixture(scope="module")
def browser():
    chromium = next(filter(None, map(shutil.which, NAMES)), None)
    if chromium is None:
        pytest.skip(f"needs one of {', '.join(NAMES)}")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def visit(browser, serve):
    """Open a labelling in a new tab; whatever goes wrong inside the page fails the test."""
    contexts, wrong = [], []

    def visit(client=None, scheme="light", size=(1280, 800), **options):
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]}, color_scheme=scheme
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda message: _note(message, wrong))
        page.client = client or serve(**options)
        page.goto(page.client.url.geturl())
        idle(page)
        return page

    yield visit
    for context in contexts:
        context.close()
    assert wrong == []


def _note(message, wrong):
    # Answers that are refusals, which tests provoke, are noted by the browser too.
    if message.type in ("error", "warning") and "Failed to load resource" not in message.text:
        wrong.append(message.text)


@pytest.fixture
def journal(tmp_path):
    """Return what the journal says of an image: a dict as JSON has it, or None."""

    def journal(image, annotator="default"):
        saved = read(tmp_path / "labels.jsonl").saved(image, annotator).annotation
        return saved and saved.to_json()

    return journal


def idle(page):
    page.wait_for_selector("body[aria-busy=false]")


def press(page, *keys):
    """Press keys one after the other, each as soon as the page listens."""
    for key in keys:
        idle(page)
        page.keyboard.press(key)
    idle(page)


def says(page, text):
    expect(page.locator("#status")).to_have_text(re.compile(text))


def shows(page, path):
    expect(page.locator("#path")).to_have_text(path)


def view(page):
    """Return scale, left and top of the image on the canvas."""
    return [float(part) for part in page.locator("#stage").get_attribute("data-view").split()]


def drag(page, start, *ends):
    """Drag the pointer between points in pixels of the image."""
    scale, x, y = view(page)
    corner = page.locator("#stage").bounding_box()
    at = [(corner["x"] + x + scale * a, corner["y"] + y + scale * b) for a, b in (start, *ends)]
    page.mouse.move(*at[0])
    page.mouse.down()
    for point in at[1:]:
        page.mouse.move(*point, steps=4)
    page.mouse.up()


def test_five_images_by_keyboard(images, visit, journal):
    page = visit()
    shows(page, "0.png")
    for number, key in enumerate("12121"):
        shows(page, f"{number}.png")
        press(page, key)
        says(page, f"Saved: {number}.png · {['cat', 'dog'][int(key) - 1]}")
    said = [journal(f"{number}.png") for number in range(6)]
    assert said == [{"class": name} for name in ("cat", "dog", "cat", "dog", "cat")] + [None]
    expect(page.locator("#progress-text")).to_have_text("5 of 6 labelled")
    press(page, "1")
    expect(page.locator("#empty")).to_have_text("No image is unlabelled. Press F to choose others.")


def test_undo_and_skip(images, visit, journal):
    page = visit()
    press(page, "1", "s")
    says(page, r"Saved: 1\.png · skipped")
    expect(page.locator("#progress-text")).to_have_text("1 of 6 labelled, 1 skipped")
    shows(page, "2.png")
    press(page, "u")
    shows(page, "1.png")
    assert journal("1.png") is None
    press(page, "u")
    shows(page, "0.png")
    says(page, r"Undone: 0\.png")
    assert journal("0.png") is None
    press(page, "u")
    says(page, "nothing to undo")
    expect(page.locator("#progress-text")).to_have_text("0 of 6 labelled")


def test_progress_is_there_after_a_reload(images, visit, journal):
    page = visit()
    press(page, "1", "2")
    page.reload()
    idle(page)
    expect(page.locator("#progress-text")).to_have_text("2 of 6 labelled")
    shows(page, "2.png")
    press(page, "u")
    shows(page, "1.png")
    assert journal("1.png") is None


def test_arrows_go_around(images, visit):
    page = visit()
    press(page, "ArrowRight", "ArrowRight")
    shows(page, "2.png")
    press(page, "PageUp", "ArrowLeft", "ArrowLeft")
    shows(page, "5.png")


def test_zoom_and_pan(put, visit):
    put("0.png", size=(120, 80))
    page = visit()
    scale, x, y = view(page)
    press(page, "+")
    assert view(page)[0] == pytest.approx(1.25 * scale)
    press(page, "-", "Shift+ArrowRight")
    assert view(page) == pytest.approx([scale, x - 60, y])
    press(page, "z")
    assert view(page) == pytest.approx([scale, x, y])
    press(page, "z")
    assert view(page)[0] == 1
    expect(page.locator("#zoom")).to_have_text("100 %")
    press(page, "z")

    corner = page.locator("#stage").bounding_box()
    page.mouse.move(corner["x"] + x + 3 * scale, corner["y"] + y + 2 * scale)
    page.mouse.wheel(0, -400)
    page.wait_for_function("start => +stage.dataset.view.split(' ')[0] > start", arg=scale)
    zoomed, left, top = view(page)
    # What is under the pointer, which has whole pixels, stays there.
    under = pytest.approx([x + 3 * scale, y + 2 * scale], abs=3)
    assert [left + 3 * zoomed, top + 2 * zoomed] == under


def test_boxes_by_mouse(put, visit, journal):
    put("0.png", size=(120, 80))
    put("1.png")
    page = visit()
    parts = page.locator("#parts li")
    press(page, "b", "2")
    drag(page, (20, 10), (60, 50))
    expect(parts).to_have_text(["dog: 20, 10, 40 × 40"])
    press(page, "1")  # the selected one's class
    expect(parts).to_have_text(["cat: 20, 10, 40 × 40"])
    drag(page, (40, 30), (50, 45))  # move it
    expect(parts).to_have_text(["cat: 30, 25, 40 × 40"])
    drag(page, (70, 65), (90, 200))  # its lower right corner, beyond the image
    expect(parts).to_have_text(["cat: 30, 25, 60 × 55"])
    press(page, "2", "Escape")
    drag(page, (5, 5), (15, 12))
    expect(parts).to_have_text(["dog: 30, 25, 60 × 55", "dog: 5, 5, 10 × 7"])
    press(page, "u")
    expect(parts).to_have_count(1)
    drag(page, (5, 5), (15, 12))
    assert journal("0.png") is None
    expect(page.locator("#saved")).to_contain_text("not saved yet")
    press(page, "Enter")
    says(page, r"Saved: 0\.png · 2 boxes")
    boxes = [
        {"class": "dog", "x": 30, "y": 25, "width": 60, "height": 55},
        {"class": "dog", "x": 5, "y": 5, "width": 10, "height": 7},
    ]
    assert journal("0.png") == {"boxes": boxes}

    press(page, "ArrowLeft", "q", "Delete", "Enter")
    says(page, r"Saved: 1\.png · nothing in it")
    page.locator("#filter").select_option("all")
    idle(page)
    shows(page, "0.png")
    press(page, "q", "Delete", "Enter")
    says(page, r"Saved: 0\.png · 1 box")
    assert journal("0.png") == {"boxes": boxes[1:]}


def test_a_click_draws_no_box(images, visit, journal):
    page = visit()
    press(page, "b")
    drag(page, (3, 3))
    press(page, "Enter")
    says(page, "nothing in it")
    assert journal("0.png") == {}


def test_boxes_by_keyboard(put, visit, journal):
    put("0.png", size=(96, 64))
    page = visit()
    press(page, "b", "Space")
    expect(page.locator("#parts li")).to_have_text(["cat: 36, 24, 24 × 16"])
    press(page, *["ArrowRight"] * 3, "ArrowUp", "Shift+ArrowRight", "Shift+ArrowUp")
    expect(page.locator("#parts li")).to_have_text(["cat: 39, 23, 25 × 15"])
    press(page, "Enter")
    says(page, "Saved")
    assert journal("0.png") == {
        "boxes": [{"class": "cat", "x": 39, "y": 23, "width": 25, "height": 15}]
    }


def test_brush_and_eraser(put, visit, tmp_path):
    put("0.png", size=(60, 40))
    put("1.png", size=(60, 40))
    page = visit()
    press(page, "m", "]", "]", "]")
    assert page.locator("#radius").input_value() == "5"
    drag(page, (10, 20), (50, 20))
    press(page, "2")
    drag(page, (30, 5), (30, 35))
    press(page, "e")
    drag(page, (10, 20), (14, 20))
    press(page, "Enter")
    says(page, r"Saved: 0\.png · mask of cat, dog")
    saved = read(tmp_path / "labels.jsonl").saved("0.png", "default").annotation
    masks = {mask.label: runs.decode(mask.counts, *mask.size) for mask in saved.masks}
    cat, dog = masks["cat"], masks["dog"]
    assert cat.shape == dog.shape == (40, 60)
    assert not (cat & dog).any()
    assert cat[16:24, 40].all()
    assert dog[5:35, 26:34].all()  # the later one lies on top
    assert not cat[:, 10].any()  # erased
    assert cat[20, 22]
    assert not (cat | dog)[:, 57:].any()

    page.locator("#filter").select_option("labelled")
    idle(page)
    shows(page, "0.png")
    press(page, "Enter")  # as it came back from the server
    says(page, "Saved")
    assert read(tmp_path / "labels.jsonl").saved("0.png", "default").annotation == saved


def test_the_brush_by_keyboard(put, visit, tmp_path):
    put("0.png", size=(60, 40))
    page = visit()
    press(page, "m", "Space", "ArrowRight", "ArrowRight", "Space", "ArrowDown", "Enter")
    says(page, "Saved")
    (mask,) = read(tmp_path / "labels.jsonl").saved("0.png", "default").annotation.masks
    painted = runs.decode(mask.counts, *mask.size)
    assert painted[19:21, 29:35].all()
    assert not painted[23:].any()


def test_what_is_drawn_is_saved_before_the_image_is_left(images, visit, journal):
    page = visit()
    press(page, "b", "Space", "Escape", "ArrowRight")
    shows(page, "1.png")
    assert len(journal("0.png")["boxes"]) == 1


def test_what_is_drawn_is_kept_by_a_skip(images, visit, journal):
    page = visit()
    press(page, "b", "Space", "Escape", "s")
    says(page, r"Saved: 0\.png · skipped")
    assert journal("0.png")["skipped"] is True
    assert len(journal("0.png")["boxes"]) == 1


def test_the_filter(images, visit):
    page = visit()
    press(page, "1", "s")
    options = page.locator("#filter option")
    counts = ["all (6)", "unlabelled (4)", "labelled (1)", "skipped (1)", "disagreed (0)"]
    expect(options).to_have_text([*counts, "suspected wrong (0)"])
    press(page, "f")
    expect(page.locator("#filter")).to_be_focused()
    page.locator("#filter").select_option("skipped")
    idle(page)
    shows(page, "1.png")
    press(page, "2")  # keys are for the stage again
    says(page, r"Saved: 1\.png · dog")
    expect(page.locator("#empty")).to_contain_text("No image is skipped")
    page.locator("#filter").select_option("disagreed")
    expect(page.locator("#empty")).to_contain_text("No image is disagreed")


def test_suspects_come_first_with_their_reason(images, visit):
    page = visit(suspects=[("3.png", "score 0.9")])
    shows(page, "3.png")
    expect(page.locator("#suspected")).to_have_text("Suspected wrong: score 0.9")


def test_the_others_opinions_where_annotators_differ(images, open_session, visit):
    session = open_session(annotator="ann")
    name = session.next("all")["id"]
    session.save(name, 0, {"class": "dog"})
    session.close()
    page = visit(annotator="bob")
    expect(page.locator("#others")).to_be_hidden()
    press(page, "1")
    page.locator("#filter").select_option("disagreed")
    idle(page)
    expect(page.locator("#opinions li")).to_have_text(["ann: dog"])


@pytest.mark.parametrize(
    ("choice", "holds"), [("Keep the saved one", "cat"), ("Save yours instead", "dog")]
)
def test_two_tabs(images, visit, journal, choice, holds):
    first = visit()
    second = visit(first.client)
    press(first, "1")
    says(first, "Saved")
    second.keyboard.press("2")
    dialog = second.get_by_role("dialog", name="Saved elsewhere meanwhile")
    expect(dialog).to_be_visible()
    expect(second.locator("#conflict-theirs")).to_have_text("cat")
    expect(second.locator("#conflict-mine")).to_have_text("dog")
    assert journal("0.png") == {"class": "cat"}
    second.get_by_role("button", name=choice).click()
    says(second, "was kept" if holds == "cat" else r"Saved: 0\.png · dog")
    idle(second)
    assert journal("0.png") == {"class": holds}


def test_a_conflict_may_be_left_open(images, visit, journal):
    first = visit()
    second = visit(first.client)
    press(first, "1")
    second.keyboard.press("2")
    expect(second.locator("#conflict")).to_be_visible()
    second.keyboard.press("Escape")
    says(second, "Not saved")
    shows(second, "0.png")
    assert journal("0.png") == {"class": "cat"}


class Guesses:
    """A learner that knows what it says from the start, and is asked to learn again."""

    out = "model.safetensors"

    def __init__(self, ids):
        names = ids("4.png", "2.png")
        self.guesses = {
            names[0]: [("dog", 0.51), ("cat", 0.49)],
            names[1]: [("dog", 0.9), ("cat", 0.1)],
        }

    def learn(self, session):
        session.take_guesses(self.guesses)
        self.guesses = {name: guess[::-1] for name, guess in self.guesses.items()}
        return True

    def status(self):
        return {"busy": False, "text": "learnt from 9 labels", "error": False, "learns": True}

    def on_save(self, _session):
        pass

    def close(self):
        pass


def test_the_models_guess(images, visit, journal, ids):
    page = visit(learner=Guesses(ids))
    expect(page.locator("#learning")).to_have_text("Model: learnt from 9 labels")
    shows(page, "4.png")  # the most uncertain one
    expect(page.locator("#guesses li")).to_have_text(["dog51 %", "cat49 %"])
    press(page, "g")
    says(page, r"Saved: 4\.png · dog")
    shows(page, "2.png")
    assert journal("4.png") == {"class": "dog"}
    page.get_by_role("button", name="Learn now").click()
    expect(page.locator("#guesses li")).to_have_text(["cat10 %", "dog90 %"])


def test_a_new_class_by_keyboard(images, visit, journal):
    page = visit(classes=[])
    expect(page.locator("#no-classes")).to_be_visible()
    page.keyboard.press("n")
    expect(page.locator("#new-class-name")).to_be_focused()
    page.keyboard.type("owl 1")  # keys that mean something outside of the dialog
    page.keyboard.press("Enter")
    says(page, "New class: owl 1")
    page.keyboard.press("n")
    page.keyboard.press("Escape")
    press(page, "1")
    says(page, r"Saved: 0\.png · owl 1")
    assert journal("0.png") == {"class": "owl 1"}


def test_a_class_that_is_named_like_a_key_has_this_key(images, visit, journal):
    page = visit(classes=["0", "7", "cat", "A", "dog", "a"])
    keys = page.locator("#classes button kbd")
    expect(keys).to_have_text(["0", "7", "1", "A", "2", "3"])
    press(page, "7", "a", "2")
    said = [journal(f"{i}.png")["class"] for i in range(3)]
    assert said == ["7", "A", "dog"]


def test_a_label_set_gives_keys_colours_and_definitions(images, visit, journal):
    labels = [
        LabelClass("cat", "#0000ff", "No toys.", "d"),
        LabelClass("spam", None, "", "s"),
        "dog",
    ]
    page = visit(classes=LabelSet(labels))
    expect(page.locator("#classes button kbd")).to_have_text(["D", "1", "2"])  # S is for skip
    cat = page.locator("#classes button").first
    expect(cat).to_have_attribute("title", "No toys.")
    expect(cat.locator(".swatch")).to_have_css("background-color", "rgb(0, 0, 255)")
    press(page, "d")
    assert journal("0.png") == {"class": "cat"}


def test_many_classes_are_found_by_name(images, visit, journal):
    page = visit(classes=[f"kind {i}" for i in range(40)])
    page.locator("#find").fill("d 37")
    expect(page.locator("#classes button:visible")).to_have_count(1)
    page.locator("#find").press("Enter")
    says(page, "kind 37")
    assert journal("0.png") == {"class": "kind 37"}


def test_a_server_that_is_gone_is_said_and_nothing_is_lost(images, visit, journal):
    page = visit()
    page.route("**/api/label", lambda route: route.abort())
    press(page, "1")
    says(page, "the server does not answer")
    shows(page, "0.png")
    page.unroute("**/api/label")
    press(page, "1")
    says(page, r"Saved: 0\.png · cat")
    assert journal("0.png") == {"class": "cat"}


def test_an_image_that_cannot_be_shown(put, visit, journal):
    put("0.png", b"no image")
    page = visit()
    expect(page.locator("#empty")).to_contain_text("This image cannot be shown: not an image")
    press(page, "b", "Space", "m", "Space", "v", "s")
    says(page, r"Saved: 0\.png · skipped")


def test_enter_needs_a_class(images, visit, journal):
    page = visit()
    press(page, "Enter")
    says(page, "Choose a class first")
    assert journal("0.png") is None


@pytest.mark.parametrize("size", [(1280, 800), (800, 600)])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_can_be_read_and_used_without_a_mouse(images, visit, tmp_path, size, scheme):
    page = visit(size=size, scheme=scheme)
    page.screenshot(path=tmp_path / f"{scheme}-{size[0]}.png")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")
    stage = page.locator("#stage").bounding_box()
    assert stage["width"] * stage["height"] > 0.4 * size[0] * size[1]
    for control in page.locator("button:visible, select, input:visible").all():
        assert control.evaluate(
            "e => (e.ariaLabel ?? e.labels?.[0]?.innerText ?? e.innerText).trim()"
        )
    # Every control is reached by Tab, and what has the focus is outlined.
    reached = set()
    for _ in range(page.locator("button:visible, select").count() + 1):
        page.keyboard.press("Tab")
        style, name = page.evaluate(
            "(e => [getComputedStyle(e).outlineStyle, e.innerText])(document.activeElement)"
        )
        assert style == "solid" or page.evaluate("document.activeElement === document.body")
        reached.add(name)
    names = {button.inner_text() for button in page.locator("button:visible").all()}
    assert names <= reached


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast(images, visit, scheme):
    """Text has the contrast of WCAG 2.2, level AA: 4.5 to 1."""
    page = visit(scheme=scheme)
    names = ["paper", "panel", "stage", "ink", "faint", "warning", "accent", "on-accent"]
    read = "name => getComputedStyle(document.body).getPropertyValue('--' + name)"
    colours = {name: page.evaluate(read, name) for name in names}
    text = [(ink, paper) for ink in ("ink", "faint", "warning") for paper in ("paper", "panel")]
    for ink, paper in [*text, ("ink", "stage"), ("on-accent", "accent")]:
        assert contrast(colours[ink], colours[paper]) >= 4.5, (ink, paper)


def contrast(first, second):
    """Return WCAG's contrast of two colours like #1a1d21."""

    def luminance(colour):
        values = [int(colour.strip()[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in values]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    dark, light = sorted((luminance(first), luminance(second)))
    return (light + 0.05) / (dark + 0.05)


def test_a_hostile_name_is_shown_as_it_is(put, visit):
    if os.name == "nt":
        pytest.skip("Windows has no such names")
    name = "<img src=x onerror=document.title=1>\n\"'&.png"
    put(name)
    page = visit(classes=["<b>cat</b>"])
    assert page.locator("#path").text_content() == name
    assert page.locator("#path img").count() == 0
    expect(page.locator("#classes .name")).to_have_text("<b>cat</b>")
    press(page, "1")
    says(page, "Saved: <img")
    assert page.title() == "images · minidl label"
