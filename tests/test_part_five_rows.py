"""Every row of UX part 5 is named by a test that checks it, or there is a reason why a test cannot."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent
CHECKED = {
    "A02": "ui/test_access.py",
    "A03": "ui/test_every_screen.py",
    "A05": "ui/test_part_five.py",
    "A06": "ui/test_tick_box.py",
    "A07": "ui/test_contrast.py",
    "A08": "ui/test_every_screen.py",
    "A10": "ui/test_money_rooms.py",
    "A11": "ui/test_contrast.py",
    "A13": "ui/test_access.py",
    "A14": "ui/test_money_rooms.py",
    "A15": "ui/test_access.py",
    "A16": "ui/test_part_five.py",
    "A18": "ui/test_part_five.py",
    "A19": "ui/test_access.py",
    "A20": "ui/test_access.py",
    "A21": "ui/test_access.py",
    "A22": "ui/test_scroll.py",
    "A24": "ui/test_part_five.py",
    "A25": "ui/test_access.py",
    "A26": "ui/test_access.py",
    "A28": "ui/test_part_five.py",
    "A29": "ui/test_part_five.py",
    "A30": "ui/test_part_five.py",
    "A31": "ui/test_part_five.py",
    "A34": "ui/test_part_five.py",
    "A36": "ui/test_access.py",
    "A42": "ui/test_keys_that_commit.py",
    "A46": "from_outside/test_screen_reader.py",
    "A47": "ui/test_part_five.py",
    "A48": "ui/test_part_five.py",
}
UNCHECKED = {
    "A01": "no button has a sign alone: each has a word, which A36 asks every one of them for",
    "A04": "read by a person: whether a sentence leans on a colour or a place is in its meaning",
    "A09": "the program has no picture of text; the QR code says nothing that does not stand beside it",
    "A12": "the program has no tooltips",
    "A17": "nothing moves or blinks: there is no animation in the program",
    "A23": "nothing is dragged or swept: no widget listens to such events",
    "A27": "which voice Narrator takes is heard on Windows",
    "A32": "test_error_texts.py holds each sentence to its row; whether it says what to do is read by a person",
    "A33": "the journeys of test_counter_day.py and test_random_keys.py confirm every payment that they make",
    "A35": "pasting into a field is Qt's own; cards of SITHS come with the region's sign-in",
    "A37": "Qt's own buttons and tables, reached and named in test_access.py; how they are pressed is Qt's",
    "A38": "Qt tells of a new accessible name by itself; the new sum is heard in test_screen_reader.py",
    "A39": "Qt gives a test no way to see an announcement; it is heard on Windows",
    "A40": "Sticky Keys, Narrator and Magnifier are the system's; the program has no hook of its own",
    "A41": "the system's own theme and text size are changed by hand on Windows; test_theme.py does it in Qt",
    "A43": "no key asks for more than Ctrl, Shift and one other; read in screens/keys.py",
    "A44": "whether help is easy to understand is tried with people",
    "A45": "whom to call stands in the clinic's configuration; how they answer is theirs",
    "A49": "Narrator's touch exploration is tried by hand on a screen that takes touch",
    "A50": "this is the gate itself",
}


@pytest.mark.parametrize("row", CHECKED)
def test_the_row_is_named_where_it_is_checked(row: str) -> None:
    assert re.search(rf"\b{row}\b", (ROOT / CHECKED[row]).read_text(encoding="utf-8"))


def test_every_row_is_checked_or_there_is_a_reason_and_never_both() -> None:
    assert not set(CHECKED) & set(UNCHECKED)
    assert sorted([*CHECKED, *UNCHECKED]) == [f"A{number:02}" for number in range(1, 51)]
