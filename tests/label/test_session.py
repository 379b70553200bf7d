"""A labelling as a whole, without HTTP."""

import json

import pytest

from minidl.label import session as sessions
from minidl.label.journal import ConflictError, read


def label(session, name, **annotation):
    """Save what an annotator who has just looked says."""
    item = session.item(name)
    return session.save(name, item["version"], annotation)


def passing(session, name):
    """Return the ids that pass a filter, in the queue's order."""
    found = []
    after = None
    while (after := session.next(name, after)["id"]) not in (None, *found):
        found.append(after)
    return found


def test_what_is_labelled_leaves_the_queue(images, open_session, ids):
    session = open_session()
    first, second, third = ids("0.png", "1.png", "2.png")
    assert session.next("unlabelled") == {"id": first}
    label(session, first, **{"class": "cat"})
    assert session.next("unlabelled", first) == {"id": second}
    label(session, second, skipped=True)
    assert session.next("unlabelled", second) == {"id": third}
    counts = session.state()["counts"]
    assert counts == {
        "all": 6, "unlabelled": 4, "labelled": 1, "skipped": 1, "disagreed": 0, "suspected": 0
    }  # fmt: skip
    assert session.state()["history"] == [second, first]


def test_undo_brings_back_what_was_there(images, open_session, ids):
    session = open_session()
    (name,) = ids("0.png")
    for number, said in enumerate(({"class": "cat"}, {"skipped": True}, {"class": "dog"}), 1):
        assert label(session, name, **said) == {"version": number}
    assert session.undo(name, 3) == {"version": 4, "annotation": {"skipped": True}}
    assert session.state()["counts"]["skipped"] == 1
    assert session.undo(name, 4) == {"version": 5, "annotation": {"class": "cat"}}
    assert session.undo(name, 5) == {"version": 6, "annotation": None}
    assert session.next("unlabelled") == {"id": name}
    assert session.state()["history"] == []


def test_everything_is_there_after_a_new_start(images, open_session, ids):
    session = open_session()
    first, second = ids("0.png", "3.png")
    session.add_class("owl")
    label(session, first, **{"class": "owl"})
    label(session, second, boxes=[{"class": "dog", "x": 1, "y": 2, "width": 3, "height": 4}])
    before = session.state(), session.item(first), session.item(second)
    session.close()
    again = open_session()
    assert (again.state(), again.item(first), again.item(second)) == before
    assert again.classes() == ["cat", "dog", "owl"]


def test_two_tabs_do_not_overwrite_each_other(images, open_session, ids):
    session = open_session()
    (name,) = ids("0.png")
    session.save(name, 0, {"class": "cat"})
    with pytest.raises(ConflictError) as error:
        session.save(name, 0, {"class": "dog"})
    assert sessions.conflict(error.value) == {
        "conflict": {"version": 1, "annotation": {"class": "cat"}}
    }
    assert session.item(name)["annotation"] == {"class": "cat"}
    assert session.save(name, 1, {"class": "dog"}) == {"version": 2}


def test_annotators_who_differ(images, open_session, ids):
    first, second, third = ids("0.png", "1.png", "2.png")
    session = open_session(annotator="ann")
    for name in (first, second, third):
        label(session, name, **{"class": "cat"})
    session.close()

    session = open_session(annotator="bob")
    assert session.state()["counts"]["unlabelled"] == 6
    assert session.item(first)["others"] == []  # so that nobody copies
    label(session, first, **{"class": "dog"})
    label(session, second, **{"class": "cat"})
    label(session, third, skipped=True)
    assert passing(session, "disagreed") == [first]
    others = [{"annotator": "ann", "annotation": {"class": "cat"}}]
    assert session.item(first)["others"] == others
    label(session, first, **{"class": "cat"})
    assert passing(session, "disagreed") == []


def test_folders_give_classes_and_labels(put, open_session, ids):
    for name in ("cat/1.png", "dog/1.png", "new/1.png", "2.png"):
        put(name)
    session = open_session(["cat", "dog"])
    cat, new, other = ids("cat/1.png", "new/1.png", "2.png")
    assert session.item(cat)["given"] == "cat"
    assert session.item(cat)["annotation"] is None
    assert session.item(new)["given"] is None
    assert passing(session, "unlabelled") == [other, new]
    label(session, cat, **{"class": "dog"})
    assert session.labels()[cat] == "dog"
    label(session, cat)  # nothing in it
    assert session.labels() == {ids("dog/1.png")[0]: "dog"}


def test_suspects_come_first_until_somebody_has_looked(images, open_session, ids):
    suspects = [("4.png", "blurred"), ("1.png", ""), ("none.png", ""), (str(images / "5.png"), "")]
    session = open_session(suspects=suspects)
    assert session.unknown_suspects == 1
    assert session.state()["first"] == "suspected"
    assert passing(session, "suspected") == list(ids("4.png", "1.png", "5.png"))
    (name,) = ids("4.png")
    assert session.item(name)["suspected"] == "blurred"
    label(session, name, **{"class": "cat"})
    assert session.item(name)["suspected"] is None
    assert session.state()["counts"]["suspected"] == 2
    session.undo(name, 1)
    assert session.item(name)["suspected"] == "blurred"


def test_guesses_order_the_queue_and_raise_suspicion(images, open_session, ids):
    session = open_session()
    names = ids("0.png", "1.png", "2.png", "3.png")
    label(session, names[0], **{"class": "dog"})
    label(session, names[1], **{"class": "dog"})
    label(session, names[2], **{"class": "dog"})
    guesses = {
        names[0]: [("cat", 0.9), ("dog", 0.1)],
        names[1]: [("cat", 0.45), ("dog", 0.44), ("owl", 0.11)],  # not sure enough
        names[2]: [("dog", 0.7), ("cat", 0.3)],
        names[3]: [("cat", 0.55), ("dog", 0.45)],
    }
    session.take_guesses(guesses)
    rest = list(ids("4.png", "5.png"))
    assert passing(session, "all") == [names[1], names[3], names[2], names[0], *rest]
    assert passing(session, "suspected") == [names[0]]
    assert session.item(names[0])["suspected"] == "the model says cat"
    assert session.item(names[1])["guesses"] == guesses[names[1]]
    assert session.state()["round"] == 1
    label(session, names[0], **{"class": "dog"})
    session.take_guesses(guesses)
    assert passing(session, "suspected") == []  # it was confirmed


@pytest.mark.parametrize(
    ("annotation", "message"),
    [
        ({"class": "owl"}, "no class 'owl'"),
        ({"boxes": [{"class": "owl", "x": 0, "y": 0, "width": 1, "height": 1}]}, "no class 'owl'"),
        ({"boxes": [{"class": "cat", "x": 0, "y": 0, "width": 13, "height": 1}]}, "12 × 8 pixels"),
        ({"masks": [{"class": "cat", "size": [12, 8], "counts": [96]}]}, "a mask has size"),
        ([], "needs an object"),
    ],
)
def test_what_does_not_fit_is_refused(images, open_session, ids, annotation, message):
    session = open_session()
    with pytest.raises(ValueError, match=message):
        session.save(ids("0.png")[0], 0, annotation)
    assert session.item(ids("0.png")[0])["version"] == 0


def test_an_image_that_cannot_be_read(images, put, open_session, ids):
    put("broken.png", b"no image")
    session = open_session()
    (name,) = ids("broken.png")
    item = session.item(name)
    assert "not an image" in item["error"]
    assert item["size"] is None
    assert item["paintable"] is False
    label(session, name, **{"class": "cat"})
    with pytest.raises(ValueError, match="cannot be read"):
        label(session, name, boxes=[{"class": "cat", "x": 0, "y": 0, "width": 1, "height": 1}])


@pytest.mark.parametrize("name", ["none", "", None, 3, [], "../secret.png"])
def test_an_unknown_image(images, open_session, name):
    session = open_session()
    for act in (session.item, lambda name: session.save(name, 0, {})):
        with pytest.raises(LookupError, match="no such image"):
            act(name)


def test_new_classes_are_kept_once(images, open_session, tmp_path):
    session = open_session()
    assert session.add_class(" owl ") == {"name": "owl"}
    session.add_class("owl")
    session.add_class("cat")
    assert session.state()["classes"] == ["cat", "dog", "owl"]
    assert read(tmp_path / "labels.jsonl").classes == ["owl"]
    with pytest.raises(ValueError, match="a name needs text"):
        session.add_class("")


def test_labels_of_images_that_are_gone_are_kept(images, open_session, ids, tmp_path):
    session = open_session()
    (name,) = ids("0.png")
    label(session, name, **{"class": "cat"})
    session.close()
    (images / "0.png").rename(tmp_path / "0.png")
    session = open_session()
    assert session.state()["counts"]["labelled"] == 0
    session.close()
    (tmp_path / "0.png").rename(images / "0.png")
    assert open_session().item(name)["annotation"] == {"class": "cat"}


def test_all_that_the_page_hears_is_json(put, open_session, ids):
    put("\udcff.png")
    put("1.png")
    session = open_session(suspects=[("\udcff.png", "\udcfe")])
    (name,) = ids("\udcff.png")
    label(session, name, **{"class": "cat"})
    for heard in (session.state(), session.item(name), session.next("all")):
        assert json.loads(json.dumps(heard)) == heard


def test_nothing_learns_without_being_asked_to(images, open_session):
    with pytest.raises(ValueError, match="without --retrain"):
        open_session().learn()
