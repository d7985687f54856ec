"""A stick or a share that fails, or can only be read, is a warning and never a stop; what is on it is not lost."""

import errno
import io
import os
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from kassaapp.domain.events import CheckResult
from kassaapp.journal import shadow
from tests.regions import PluggedRegion
from tests.test_recovery import damage, newest_start, sell, start
from tests.test_stranded import an_enrolled_till

Asked = Callable[..., Any]


@pytest.fixture
def region(tmp_path: Path) -> Iterator[PluggedRegion]:
    plugged = PluggedRegion(tmp_path / "region")
    yield plugged
    plugged.region.close()


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    return tmp_path / "stick"


@pytest.fixture
def folder(region: PluggedRegion, tmp_path: Path, stick: Path) -> Path:
    """A till with its second medium on a stick, and three visits that the region holds."""
    clinic_file = region.clinic_file(tmp_path)
    clinic_file.write_text(clinic_file.read_text() + f'second_medium = "{stick}"\n')
    return an_enrolled_till(region, tmp_path, clinic_file)


def refusing(stick: Path, code: int, asked: Asked) -> Asked:
    """A call of the system that answers with an error when it is about something on the stick."""

    def answer(path: Any = ".", *more: Any, **named: Any) -> Any:
        if not isinstance(path, int) and Path(path).is_relative_to(stick):
            raise OSError(code, os.strerror(code), str(path))
        return asked(path, *more, **named)

    return answer


def break_it(patched: pytest.MonkeyPatch, stick: Path) -> None:
    """As a stick that was pulled out answers, or a share whose server is away."""
    for name in ("stat", "scandir"):
        patched.setattr(os, name, refusing(stick, errno.EIO, getattr(os, name)))
    patched.setattr(io, "open", refusing(stick, errno.EIO, io.open))


@pytest.mark.parametrize("plugged", [True, False], ids=["region", "no region"])
def test_a_stick_that_answers_with_errors_stops_no_start(
    region: PluggedRegion, folder: Path, stick: Path, monkeypatch: pytest.MonkeyPatch, plugged: bool
) -> None:
    with monkeypatch.context() as patched, region.plugged_in() if plugged else nullcontext():
        break_it(patched, stick)
        with start(folder) as desk:
            desk.sign_in("anber", "123456")
            sell(desk, 1)
            is_told, count = desk.trouble_at_start, desk.records("H")

    assert is_told == ("H",)
    with start(folder):
        assert len(shadow.read(stick / "R0417H.kj").records) > count  # What it lacked is written.


def test_a_journal_is_put_together_while_the_stick_answers_with_errors(
    region: PluggedRegion, folder: Path, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    damage(folder / "H" / "journal.db", shadow.read(stick / "R0417H.kj").records[2].env)
    with monkeypatch.context() as patched, region.plugged_in():
        break_it(patched, stick)
        found = newest_start(start(folder))

    assert found.check == CheckResult.REPAIRED
