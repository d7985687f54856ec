"""A stick or a share that fails, or can only be read, is a warning and never a stop; what is on it is not lost."""

import errno
import io
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from kassaapp.domain.events import CheckResult
from kassaapp.journal import shadow
from sync.server import audit as region_audit
from tests.regions import PluggedRegion
from tests.test_recovery import damage, everything_at, newest_start, past, sell, sign_in_and_sell, start
from tests.test_stranded import an_enrolled_till, fork

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


def write_protect(patched: pytest.MonkeyPatch, stick: Path) -> None:
    """As a stick with its switch over, or a file system that was mounted again after an error, answers."""
    for name in ("rename", "replace", "unlink"):
        patched.setattr(os, name, refusing(stick, errno.EROFS, getattr(os, name)))
    read, write = io.open, refusing(stick, errno.EROFS, io.open)

    def opened(path: Any, mode: str = "r", *more: Any, **named: Any) -> Any:
        return (read if set(mode) <= set("rbt") else write)(path, mode, *more, **named)

    patched.setattr(io, "open", opened)


def another_history_on(stick: Path, folder: Path, tmp_path: Path) -> set[bytes]:
    """The journal is put back from the evening before while the stick is out, and sells; then the stick is put in. The
    hashes of what was recorded in both histories."""
    shutil.copytree(folder, tmp_path / "before")
    sign_in_and_sell(folder, 1)
    with start(folder) as desk:
        recorded = {one.hash for one in past(desk)}
    shutil.rmtree(folder)
    shutil.copytree(tmp_path / "before", folder)
    stick.rename(tmp_path / "drawer")
    sign_in_and_sell(folder, 2)
    with start(folder) as desk:
        recorded |= {one.hash for one in past(desk)}
    (tmp_path / "drawer").rename(stick)
    return recorded


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


def test_a_stick_that_can_only_be_read_and_has_another_history_stops_no_till(
    region: PluggedRegion, folder: Path, stick: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorded = another_history_on(stick, folder, tmp_path)
    with monkeypatch.context() as patched:
        write_protect(patched, stick)
        for _ in range(3):
            with start(folder) as desk:
                assert desk.trouble_at_start == ("H",)
                desk.sign_in("anber", "123456")
                sell(desk, 1)
        with region.plugged_in():
            start(folder).close()

    assert recorded <= everything_at(region)
    assert len(list((folder / "H").glob("journal.db.*.aside"))) == 1  # It was put together once, not at every start.
    assert region_audit.audit(tmp_path / "region").findings == []


def test_a_stick_that_can_be_written_again_is_put_aside_and_begun_anew(
    folder: Path, stick: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    another_history_on(stick, folder, tmp_path)
    other = (stick / "R0417H.kj").read_bytes()
    with monkeypatch.context() as patched:
        write_protect(patched, stick)
        sign_in_and_sell(folder, 1)

    with start(folder) as desk:
        is_told, count = desk.trouble_at_start, desk.records("H")

    assert (is_told, len(shadow.read(stick / "R0417H.kj").records)) == ((), count)
    assert [path.read_bytes() for path in stick.glob("*.aside")] == [other]


@pytest.mark.parametrize("of_an_ended_chain", [True, False], ids=["of an ended chain", "of this chain"])
def test_what_was_put_aside_on_a_stick_that_can_only_be_read_is_delivered_and_stops_no_till(
    region: PluggedRegion,
    folder: Path,
    stick: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    of_an_ended_chain: bool,
) -> None:
    recorded = another_history_on(stick, folder, tmp_path)
    start(folder).close()
    (aside,) = stick.glob("*.aside")
    if of_an_ended_chain:
        aside.rename(tmp_path / aside.name)
        fork(region, folder, tmp_path / "clone")
        with region.plugged_in():
            start(folder).close()
        (tmp_path / aside.name).rename(aside)
    with monkeypatch.context() as patched, region.plugged_in():
        write_protect(patched, stick)
        for _ in range(2):
            start(folder).close()

    assert recorded <= everything_at(region)
    assert [path.name for path in stick.glob("*.delivered")] == []
    assert region_audit.audit(tmp_path / "region").findings == []
