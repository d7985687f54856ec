"""The settings of the window: kept between starts, and never a reason for a till not to start."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kassaapp import display
from kassaapp.display import Display, ThemeChoice

CHOSEN = Display(150, ThemeChoice.CONTRAST, "en", sound=False, double_press_ms=1000)


def test_what_is_chosen_is_there_at_the_next_start(tmp_path: Path) -> None:
    display.write(tmp_path, CHOSEN)

    assert display.read(tmp_path) == CHOSEN
    assert [path.name for path in tmp_path.iterdir()] == ["display.toml"]


def test_without_a_file_everything_is_as_usual(tmp_path: Path) -> None:
    assert display.read(tmp_path) == Display(100, ThemeChoice.SYSTEM, "sv", sound=True, double_press_ms=600)


@pytest.mark.parametrize(
    "line",
    [
        "text_percent = 110",
        'text_percent = "125"',
        "text_percent = true",
        "text_percent=125",
        "text_percent = 0125",
        'theme = "pink"',
        "theme = light",
        'language = "fi"',
        "sound = 1",
        'sound = "false"',
        "double_press_ms = 0",
        "double_press_ms = 600.0",
        "[text_percent]",
        "no_such_thing = 1",
        "",
    ],
)
def test_a_value_that_is_not_among_the_choices_is_its_default_and_the_others_stand(line: str) -> None:
    read = display.parse(f'{line}\ntheme = "dark"\n' if "theme" not in line else f"{line}\n")

    assert read == Display(theme=ThemeChoice.SYSTEM if "theme" in line else ThemeChoice.DARK)


@given(st.text())
def test_no_text_stops_the_reader(text: str) -> None:
    read = display.parse(text)

    assert display.parse(display.text_of(read)) == read


@pytest.mark.parametrize("content", [b"\xff\xfe", b"\x00" * 10_000, b"text_percent = 125\xff"])
def test_a_file_that_is_no_text_is_as_if_it_were_not_there(tmp_path: Path, content: bytes) -> None:
    (tmp_path / display.NAME).write_bytes(content)

    assert display.read(tmp_path) == Display()


def test_a_disk_that_does_not_keep_it_is_told_and_not_raised(tmp_path: Path) -> None:
    kept = display.write(tmp_path / "not there", CHOSEN)

    assert not kept
    assert display.read(tmp_path / "not there") == Display()


def test_text_goes_up_and_down_a_step_and_stops_at_the_ends() -> None:
    up, down = [Display()], [CHOSEN]
    for _ in range(4):
        up.append(up[-1].larger())
        down.append(down[-1].smaller())

    assert [one.text_percent for one in up] == [100, 125, 150, 200, 200]
    assert [one.text_percent for one in down] == [150, 125, 100, 100, 100]
