"""The server, asked by a client over HTTP."""

import io
import threading

import numpy as np
import pytest
from PIL import Image


def test_the_page_and_its_files(images, serve):
    client = serve()
    for path, media_type in (
        ("", "text/html; charset=utf-8"),
        ("style.css", "text/css; charset=utf-8"),
        ("app.js", "text/javascript; charset=utf-8"),
        ("icon.svg", "image/svg+xml"),
    ):
        status, headers, body = client.ask(path)
        assert (status, headers["Content-Type"]) == (200, media_type)
        assert len(body) == int(headers["Content-Length"]) > 0


def test_an_image_is_labelled(images, serve, ids):
    client = serve()
    status, state = client.json("api/state")
    assert status == 200
    assert (state["folder"], state["classes"]) == ("images", ["cat", "dog"])
    (name,) = ids("0.png")
    assert client.json("api/next?filter=unlabelled") == (200, {"id": name})
    assert client.json(f"api/item/{name}")[1]["version"] == 0
    label = {"id": name, "version": 0, "annotation": {"class": "cat"}}
    assert client.json("api/label", label) == (200, {"version": 1})
    assert client.json(f"api/item/{name}")[1]["annotation"] == {"class": "cat"}
    following = client.json(f"api/next?filter=unlabelled&after={name}&step=1")[1]["id"]
    assert [following] == ids("1.png")
    assert client.json(f"api/next?filter=all&after={following}&step=-1") == (200, {"id": name})
    undone = {"version": 2, "annotation": None}
    assert client.json("api/undo", {"id": name, "version": 1}) == (200, undone)


def test_a_conflict_says_what_was_saved(images, serve, ids):
    client = serve()
    label = {"id": ids("0.png")[0], "version": 0, "annotation": {"class": "cat"}}
    client.json("api/label", label)
    status, said = client.json("api/label", label | {"annotation": {"class": "dog"}})
    assert status == 409
    assert said == {"conflict": {"version": 1, "annotation": {"class": "cat"}}}
    assert client.json("api/undo", {"id": label["id"], "version": 0})[0] == 409


def test_an_image_is_a_picture(put, serve, ids):
    put("1.tif", "blue", (30, 20))
    client = serve()
    status, headers, body = client.ask(f"image/{ids('1.tif')[0]}")
    assert (status, headers["Content-Type"]) == (200, "image/png")
    with Image.open(io.BytesIO(body)) as image:
        np.testing.assert_array_equal(np.asarray(image), np.full((20, 30, 3), [0, 0, 255]))


def test_an_image_that_is_none(put, serve, ids):
    put("1.png", b"no image")
    status, said = serve().json(f"image/{ids('1.png')[0]}")
    assert status == 422
    assert said["error"].startswith("not an image")


def test_a_new_class(images, serve):
    client = serve()
    assert client.json("api/classes", {"name": "owl"}) == (200, {"name": "owl"})
    assert client.json("api/state")[1]["classes"] == ["cat", "dog", "owl"]


@pytest.mark.parametrize(
    ("path", "body", "status", "message"),
    [
        ("api/label", {}, 400, "needs an object with id, version, annotation"),
        ("api/label", [], 400, "needs an object"),
        ("api/label", b"{", 400, "not JSON"),
        ("api/label", b"[" * 100_000, 400, "not JSON"),
        ("api/label", b"\xff", 400, "not JSON"),
        ("api/label", {"id": "none", "version": 0, "annotation": {}}, 404, "no such image"),
        ("api/label", {"id": None, "version": 0, "annotation": {}}, 404, "no such image"),
        ("api/undo", {"id": "none", "version": 0}, 404, "no such image"),
        ("api/classes", {"name": ""}, 400, "a name needs text"),
        ("api/classes", {"name": "a", "more": 1}, 400, "needs an object with name"),
        ("api/learn", {}, 400, "without --retrain"),
        ("api/learn", {"model": "m"}, 400, "needs an object with nothing"),
        ("api/next?filter=none", None, 400, "needs a filter"),
        ("api/next", None, 400, "needs a filter"),
        ("api/next?filter=all&after=none", None, 404, "no such image"),
        ("api/item/none", None, 404, "no such image"),
        ("image/none", None, 404, "no such image"),
        ("none", None, 404, "no such page"),
        ("api/none", None, 404, "Not Found"),
    ],
)
def test_errors_are_json(images, serve, path, body, status, message):
    found, said = serve().json(path, body)
    assert found == status
    assert message in said["error"]


def test_a_version_that_is_no_number_is_a_conflict(images, serve, ids):
    label = {"id": ids("0.png")[0], "version": "0", "annotation": {"class": "cat"}}
    assert serve().json("api/label", label)[0] == 409


def test_a_disk_that_is_full_is_said(images, open_session, serve, ids, monkeypatch):
    client = serve()
    from minidl.label.journal import Journal

    def full(_self, _line):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Journal, "_write", full)
    label = {"id": ids("0.png")[0], "version": 0, "annotation": {"class": "cat"}}
    status, said = client.json("api/label", label)
    assert status == 500
    assert said == {"error": "not saved: No space left on device"}
    monkeypatch.undo()
    assert client.json("api/label", label) == (200, {"version": 1})


def test_many_at_once_lose_nothing(images, serve, ids):
    """Every client saves until nobody was faster: versions count all that was answered."""
    client = serve()
    names = ids("0.png", "1.png")
    answered = []

    def save_five(number):
        for turn in range(5):
            version, status = 0, 409
            while status == 409:
                annotation = {"class": "cat", "boxes": [_box(number + turn / 10)]}
                label = {"id": names[turn % 2], "version": version, "annotation": annotation}
                status, said = client.json("api/label", label)
                version = said["conflict"]["version"] if status == 409 else said["version"]
            answered.append(status)

    threads = [threading.Thread(target=save_five, args=(i,)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answered == [200] * 20
    versions = [client.json(f"api/item/{name}")[1]["version"] for name in names]
    assert sum(versions) == 20


def _box(x):
    return {"class": "cat", "x": x, "y": 0, "width": 1, "height": 1}
