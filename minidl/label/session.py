"""A labelling under way: images, journal, queue and model as one state, without HTTP.

Whatever the page asks for is a method here, which returns what JSON knows. May import all of
`minidl.label` but the server; tested by ``tests/label/test_session.py``.
"""

import contextlib
import threading

from minidl.label import annotation as annotations
from minidl.label.agreement import disagreed
from minidl.label.folder import LARGEST_SIDE
from minidl.label.journal import ConflictError
from minidl.label.queue import FILTERS, Queue

SURE = 0.5  # probability from which a model's other opinion makes a label suspect
SHOWN = 3  # guesses
HISTORY = 100  # images that undo goes back through after a page is loaded anew


class Session:
    """What one annotator does to a folder.

    Parameters
    ----------
    folder : minidl.label.folder.Folder
    journal : minidl.label.journal.Journal
    classes : sequence of str, or LabelSet
        The classes, beside those that the journal adds.
    annotator : str
    suspects : sequence of (str, str)
        Paths of images, and why each is suspected.
    learner : minidl.label.learner.Learner, optional
        What guesses, and learns.
    """

    def __init__(self, folder, journal, classes=(), annotator="default", suspects=(), learner=None):
        self.folder = folder
        self.journal = journal
        self.annotator = annotator
        self.learner = learner
        self._lock = threading.RLock()
        self._first_classes = [each if isinstance(each, str) else each.name for each in classes]
        self._details = {
            each.name: {"color": each.color, "key": each.key, "definition": each.definition}
            for each in classes
            if not isinstance(each, str)
        }
        self._opinions = {}  # image's id: {annotator: Annotation}
        self._guesses = {}  # image's id: [(class, probability)], the likeliest first
        self._confirmed = set()  # images that were looked at in this session while suspected
        self._round = 0  # how often the model's guesses changed
        found = [(folder.find(path), reason) for path, reason in suspects]
        self.unknown_suspects = sum(name is None for name, _ in found)
        self._reasons = {name: reason for name, reason in found if name is not None}
        self._queue = Queue(folder.images, self._reasons)
        self._read_opinions()
        if learner:
            learner.learn(self)  # or guess, at least

    # What the page asks for

    def state(self):
        """Return what is the same for all images."""
        with self._lock:
            return {
                "folder": self.folder.root.name,
                "annotator": self.annotator,
                "classes": self.classes(),
                "details": self._details,
                "counts": self._queue.counts(),
                "first": self._first_filter(),
                "round": self._round,
                "learning": self.learner.status() if self.learner else None,
                "history": self._history(),
            }

    def next(self, name, after=None, step=1):
        """Return {"id": the next image that passes a filter, or None}; see `Queue.next`."""
        if name not in FILTERS or step not in (1, -1):
            raise ValueError(f"needs a filter of {FILTERS} and a step of 1 or -1")
        with self._lock:
            return {"id": self._queue.next(name, after and self._image(after).id, step)}

    def item(self, name):
        """Return what is known of an image; "error" says why it cannot be shown."""
        image = self._image(name)
        size, error = self._size(image)
        with self._lock:
            saved = self.journal.state.saved(image.path, self.annotator)
            return {
                "id": image.id,
                "path": image.path,
                "size": size,
                "error": error,
                "paintable": bool(size) and max(size) <= LARGEST_SIDE,
                **_saved(saved),
                "given": self._given(image),
                "others": self._others(image) if saved.annotation else [],
                "guesses": self._guesses.get(image.id, [])[:SHOWN],
                "suspected": self._suspicion(image.id),
            }

    def save(self, name, version, annotation):
        """Put an annotation on disk and return its new version; see `Journal.save`."""
        image = self._image(name)
        annotation = annotations.from_json(annotation)
        unknown = annotation.classes() - set(self.classes())
        if unknown:
            raise ValueError(f"there is no class {min(unknown)!r}")
        if annotation.boxes or annotation.masks:
            size, error = self._size(image)
            if error:
                raise ValueError(f"the image cannot be read: {error}")
            annotations.check_fits(annotation, *size)
        with self._lock:
            version = self.journal.save(image.path, self.annotator, version, annotation)
            if self._suspicion(image.id) is not None:
                self._confirmed.add(image.id)
            self._hold(image, annotation)
        if self.learner:
            self.learner.on_save(self)
        return {"version": version}

    def undo(self, name, version):
        """Take back the last entry for an image, and return what counts now."""
        image = self._image(name)
        with self._lock:
            saved = self.journal.undo(image.path, self.annotator, version)
            self._confirmed.discard(image.id)
            self._hold(image, saved.annotation)
            return _saved(saved)

    def add_class(self, name):
        """Make a class, unless there is one of this name."""
        name = annotations.class_name(name).strip()
        with self._lock:
            if name not in self.classes():
                self.journal.add_class(name)
        return {"name": name}

    def learn(self):
        """Let the model learn from the labels so far, in the background."""
        if not self.learner or not self.learner.out:
            raise ValueError("this labelling was started without --retrain")
        return {"started": self.learner.learn(self)}

    def close(self):
        """End the model's process, and let another labelling have the journal."""
        if self.learner:
            self.learner.close()
        self.journal.close()

    # What the learner asks for, and tells

    def classes(self):
        """Return the names of all classes, in the order of their keys."""
        return list(dict.fromkeys([*self._first_classes, *self.journal.state.classes]))

    def labels(self):
        """Return the class of each image that has one, {id: class}."""
        with self._lock:
            found = {name: self._label(image) for name, image in self.folder.images.items()}
        return {name: label for name, label in found.items() if label is not None}

    def locations(self):
        """Return where each image is, {id: path}, without those that are gone."""
        found = {}
        for name, image in self.folder.images.items():
            with contextlib.suppress(ValueError):
                found[name] = str(self.folder.location(image))
        return found

    def take_guesses(self, guesses):
        """Order the queue by what a model says: {id: [(class, probability)]}, the best first."""
        with self._lock:
            self._guesses = guesses
            self._round += 1
            self._queue.reorder({name: -_margin(guess) for name, guess in guesses.items()})
            for image in self.folder.images.values():
                self._file(image)

    # What holds inside

    def _read_opinions(self):
        by_path = {image.path: image for image in self.folder.images.values()}
        for path, opinions in self.journal.state.all().items():
            if path in by_path:
                self._opinions[by_path[path].id] = opinions
        for image in by_path.values():
            self._file(image)

    def _hold(self, image, annotation):
        """Note the annotator's opinion, None if there is none any more."""
        opinions = self._opinions.setdefault(image.id, {})
        opinions.pop(self.annotator, None)  # so that the last one stands last
        if annotation is not None:
            opinions[self.annotator] = annotation
        self._file(image)

    def _file(self, image):
        """Tell the queue which filters an image passes."""
        mine = self._opinions.get(image.id, {}).get(self.annotator)
        if mine is None:
            filters = {"unlabelled" if self._given(image) is None else "labelled"}
        else:
            filters = {"skipped" if mine.skipped else "labelled"}
        if disagreed(self._opinions.get(image.id, {}).values()):
            filters.add("disagreed")
        if self._suspicion(image.id) is not None:
            filters.add("suspected")
        self._queue.put(image.id, filters)

    def _suspicion(self, name):
        """Return why the image's label is suspected to be wrong, or None."""
        if name in self._confirmed:
            return None
        if name in self._reasons:
            return self._reasons[name]
        label, guesses = self._label(self.folder.images[name]), self._guesses.get(name)
        if label is None or not guesses or guesses[0][0] == label or guesses[0][1] < SURE:
            return None
        return f"the model says {guesses[0][0]}"

    def _label(self, image):
        """Return the annotator's class for an image, or else that of its folder, or None."""
        mine = self._opinions.get(image.id, {}).get(self.annotator)
        return self._given(image) if mine is None else mine.label

    def _given(self, image):
        """Return the class in whose folder an image lies, or None."""
        return image.folder if image.folder in self._first_classes else None

    def _others(self, image):
        opinions = self._opinions.get(image.id, {})
        return [
            {"annotator": name, "annotation": opinion.to_json()}
            for name, opinion in opinions.items()
            if name != self.annotator
        ]

    def _first_filter(self):
        counts = self._queue.counts()
        if self._reasons and counts["suspected"]:
            return "suspected"
        return "unlabelled" if counts["unlabelled"] else "all"

    def _history(self):
        paths = self.journal.state.history(self.annotator)[:HISTORY]
        names = [self.folder.find(path) for path in paths]
        return [name for name in names if name is not None]

    def _image(self, name):
        image = self.folder.images.get(name) if isinstance(name, str) else None
        if image is None:
            raise LookupError("there is no such image")
        return image

    def _size(self, image):
        try:
            return list(self.folder.size(image)), None
        except ValueError as error:
            return None, str(error)


def conflict(error: ConflictError):
    """Return what the page needs to show that another version was saved meanwhile."""
    return {"conflict": _saved(error.saved)}


def _saved(saved):
    annotation = saved.annotation
    return {
        "version": saved.version,
        "annotation": None if annotation is None else annotation.to_json(),
    }


def _margin(guess):
    """Return how far the likeliest class is ahead of the second (Scheffer et al., 2001)."""
    probabilities = [p for _, p in guess[:2]]
    return probabilities[0] - sum(probabilities[1:])
