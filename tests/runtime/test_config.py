"""Settings: on or off, and nothing else."""

import pytest

import minidl
from minidl.runtime.config import Config


def test_settings_are_on_and_can_be_switched_off():
    config = Config()
    assert (config.fusion, config.winograd) == (True, True)
    config.fusion = False
    assert repr(config) == "Config(fusion=False, winograd=True)"


@pytest.mark.parametrize("value", [1, None, "yes"])
def test_other_values_are_refused(value):
    with pytest.raises(TypeError, match=r"config.fusion: needs True or False, got"):
        minidl.config.fusion = value


def test_unknown_settings_are_refused():
    with pytest.raises(ValueError, match="unknown setting 'wingorad': did you mean 'winograd'"):
        minidl.config.wingorad = True
