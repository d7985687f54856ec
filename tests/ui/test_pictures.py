"""Pictures of every screen, drawn without a display. With KASSA_PICTURES=DIR they are left there to be looked at."""

import os
from pathlib import Path

from pytestqt.qtbot import QtBot

from kassaapp.ui import pictures


def test_every_screen_can_be_drawn_in_both_sizes(qtbot: QtBot, tmp_path: Path) -> None:
    folder = Path(os.environ.get("KASSA_PICTURES", tmp_path / "pictures"))

    taken = pictures.take(folder)

    assert len(taken) == 50
    assert all(path.stat().st_size > 5_000 for path in taken)
    assert len({path.read_bytes() for path in taken}) == len(taken)
