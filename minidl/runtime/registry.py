"""Classes found by name: what the strings in `compile` and in layers stand for."""

import re

from minidl.runtime import checks


class Registry:
    """Named classes of one kind, with Keras's ways to ask for one.

    Parameters
    ----------
    kind : str
        What they are, for error messages: "optimizer".
    base : type
        The class that they, and a user's own, inherit from.
    classes : sequence of type
        Each is known by its class name, and by that in snake case, or by the attribute `name`
        of the class if it has one.
    aliases : dict, optional
        Further names, of snake-case names.

    >>> registry = Registry("number", int, [bool], {"truth": "bool"})
    >>> registry.find("Truth")
    <class 'bool'>
    >>> registry.get({"class_name": "bool", "config": {}})
    False
    """

    def __init__(self, kind, base, classes, aliases=None):
        self.kind = kind
        self.base = base
        self.names = {_name(each): each for each in classes}
        self.names |= {alias: self.names[name] for alias, name in (aliases or {}).items()}
        self._spellings = {each.__name__.lower(): each for each in classes} | {
            name.lower(): each for name, each in self.names.items()
        }

    def find(self, name):
        """Return the class of a name, in upper or lower case."""
        found = self._spellings.get(name.lower()) if isinstance(name, str) else None
        if found is None:
            raise checks.unknown_name(self.kind, name, self.names)
        return found

    def get(self, identifier):
        """Return the object that a name, a class, an object or `serialize`'s dict stands for."""
        if isinstance(identifier, self.base):
            return identifier
        if isinstance(identifier, type) and issubclass(identifier, self.base):
            return identifier()
        if isinstance(identifier, dict) and set(identifier) == {"class_name", "config"}:
            return self.find(identifier["class_name"])(**identifier["config"])
        return self.find(identifier)()

    def serialize(self, thing):
        """Return ``{"class_name": …, "config": …}``, Keras's form, for a model file.

        Raises
        ------
        ValueError
            For an object of your own class: a model file holds names, never code.
        """
        if type(thing) not in self.names.values():
            raise ValueError(
                f"the {self.kind} {type(thing).__name__} is not one of minidl's, so it cannot be "
                f"saved (known: {', '.join(sorted(self.names))})"
            )
        return {"class_name": type(thing).__name__, "config": thing.get_config()}


def _name(kind):
    """Return a class's name, in snake case unless it says otherwise."""
    name = getattr(kind, "name", None)
    return name if isinstance(name, str) else snake_case(kind.__name__)


def snake_case(name):
    """Return a class's name as Keras spells it in strings.

    >>> snake_case("MeanSquaredError"), snake_case("MaxPooling2D")
    ('mean_squared_error', 'max_pooling2d')
    """
    words = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", words).lower()
