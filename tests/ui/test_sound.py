"""The sound can be turned off."""

import pytest

from kassaapp.ui.sound import beep, use_sound


@pytest.mark.parametrize(("is_on", "heard"), [(True, 1), (False, 0)])
def test_what_is_refused_is_heard_only_where_sound_is_on(is_on: bool, heard: int) -> None:
    sounds: list[bool] = []
    use_sound(is_on)

    beep(lambda: sounds.append(True))

    use_sound(True)  # noqa: FBT003 - as it was
    assert len(sounds) == heard
