"""Make the picture of the labelling page: ``python docs/make_label_image.py``.

Needs the extra "browser", and Chromium.
"""

import pathlib
import shutil
import tempfile
import threading

from PIL import Image

import minidl
from minidl.label.folder import Folder
from minidl.label.journal import Journal
from minidl.label.learner import Learner
from minidl.label.server import Server
from minidl.label.session import Session

TARGET = pathlib.Path(__file__).parent / "images" / "labelling.png"
DIGITS = [str(i) for i in range(10)]
LABELLED = 60


def main():
    """Label some test digits beside a model that saw few others, and take a picture."""
    (x, y), (x_test, y_test) = minidl.datasets.mnist.load_data()
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary, "digits")
        folder.mkdir()
        for i, image in enumerate(x_test[:400]):
            Image.fromarray(image).save(folder / f"{i}.png")
        model = pathlib.Path(temporary, "model.safetensors")
        train(x[:2000], y[:2000]).save(model, class_names=DIGITS)

        learner = Learner(model)
        session = Session(Folder(folder), Journal(folder / "labels.jsonl"), DIGITS, learner=learner)
        learner.wait()
        for i in range(LABELLED):
            name = session.folder.find(f"{i}.png")
            session.save(name, 0, {"class": str(y_test[i])})
        photograph(session)


def train(x, y):
    """Return the article's CNN after two epochs."""
    minidl.set_random_seed(0)
    model = minidl.applications.article_cnn()
    model.compile("adam", "sparse_categorical_crossentropy")
    model.fit(x[..., None] / 255, y, epochs=2, batch_size=64, verbose=0)
    return model


def photograph(session):
    """Open the page, and save what it looks like."""
    from playwright.sync_api import sync_playwright

    server = Server(session)
    thread = threading.Thread(target=server.run)
    thread.start()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(viewport={"width": 1100, "height": 680})
        page.goto(server.url)
        page.wait_for_selector("#guesses li")
        page.wait_for_selector("body[aria-busy=false]")
        page.screenshot(path=TARGET)
        browser.close()
    server.stop()
    thread.join()
    session.close()


if __name__ == "__main__":
    main()
