"""Settings that change how things are computed, never what: `minidl.config`."""

from minidl.runtime import checks


class Config:
    """Switches, each True or False.

    Attributes
    ----------
    fusion : bool
        Whether models compute runs of layers in one pass: see `minidl.models.fusion`.
    winograd : bool
        Whether convolutions may take fewer multiplications, which costs one or two of
        float32's seven digits: see `minidl.kernels.conv.winograd`.

    >>> import minidl
    >>> minidl.config.fusion
    True
    >>> minidl.config.fusoin = False
    Traceback (most recent call last):
    ...
    ValueError: unknown setting 'fusoin': did you mean 'fusion'? (known: fusion, winograd)
    """

    __slots__ = ("fusion", "winograd")

    def __init__(self):
        self.fusion = True
        self.winograd = True

    def __setattr__(self, name, value):
        if name not in self.__slots__:
            raise checks.unknown_name("setting", name, self.__slots__)
        if not isinstance(value, bool):
            raise TypeError(f"config.{name}: needs True or False, got {value!r}")
        object.__setattr__(self, name, value)

    def __repr__(self):
        return f"Config({', '.join(f'{name}={getattr(self, name)}' for name in self.__slots__)})"


config = Config()
