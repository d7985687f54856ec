"""A desk that has been enrolled proves itself, and says what does not work."""

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pypdfium2
import pytest

from kassaapp import __main__, first_start, selftest
from kassaapp.app import Clock, Desk
from kassaapp.clinic import PrinterAt, Way
from kassaapp.history import Filter
from kassaapp.printer import opened
from kassaapp.selftest import Check, Verdict
from tests.desks import a_clock, a_desk
from tests.printer.virtual import a_virtual_printer
from tests.regions import PluggedRegion
from tests.sync.builders import Clock as RegionClock


def verdicts(checks: list[Check]) -> dict[str, str]:
    return {check.name: check.verdict.value for check in checks}


def set_clock(plugged: PluggedRegion, seconds: float) -> None:
    """Put the region's clock right, or wrong."""
    assert isinstance(plugged.region.clock, RegionClock)
    plugged.region.clock.now_ms = int(seconds * 1000)


@pytest.fixture
def region(tmp_path: Path) -> Iterator[PluggedRegion]:
    plugged = PluggedRegion(tmp_path / "region")
    set_clock(plugged, Clock()().timestamp())
    with plugged.plugged_in():
        yield plugged
    plugged.region.close()


def pdf_text(path: Path) -> tuple[int, str]:
    with pypdfium2.PdfDocument(path) as document:
        return len(document), document[0].get_textpage().get_text_range()


def test_a_first_start_proves_itself_unattended_and_leaves_a_protocol(
    tmp_path: Path, region: PluggedRegion, capsys: pytest.CaptureFixture[str]
) -> None:
    clinic, till = region.clinic_file(tmp_path), tmp_path / "till"
    clinic.write_text(f'{clinic.read_text()}desk = "Provtagningen, hus 3"\n', encoding="utf-8")

    code = __main__.main(["enrol", "--clinic", str(clinic), "--data", str(till), "--unattended"])

    said = capsys.readouterr().out
    assert code == 0, said
    assert "OK        Region R0417H: Post 0 till" in said
    assert "OK        Provbesök R0417H:" in said
    assert "OBS       Andra mediet R0417H:" in said
    (made,) = (till / "protokoll").glob("protokoll-R0417-*.pdf")
    pages, text = pdf_text(made)
    assert pages == 1
    assert "Klart. Kassan är registrerad och provad." in " ".join(text.split())
    assert "Plats Provtagningen, hus 3" in " ".join(text.split())
    assert json.loads((till / "selftest.json").read_text())["checks"]["Klocka"] == "OK"


def test_what_does_not_work_is_told_and_the_code_says_that_the_desk_is_enrolled(
    tmp_path: Path, region: PluggedRegion, capsys: pytest.CaptureFixture[str]
) -> None:
    clinic, till = region.clinic_file(tmp_path), tmp_path / "till"
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        port = nobody.getsockname()[1]
    clinic.write_text(f'{clinic.read_text()}printer = "network:127.0.0.1:{port}"\n', encoding="utf-8")
    asked = ["enrol", "--clinic", str(clinic), "--data", str(till), "--unattended"]

    first, again = __main__.main(asked), __main__.main(asked)

    assert (first, again) == (13, 8)
    assert f"FEL       Kvittoskrivare: network:127.0.0.1:{port}: Skrivaren svarar inte." in capsys.readouterr().out


def test_it_may_be_tried_again_later_and_leaves_nothing_of_the_visit(tmp_path: Path, region: PluggedRegion) -> None:
    till = tmp_path / "till"
    first_start.enrol(till, region.clinic_file(tmp_path), Clock())
    before = __main__.main(["selftest", "--data", str(till)])

    with Desk.open(till) as desk:
        assert [row.kind for row in desk.history("H").find(Filter())] == ["open", "start", "config", "start"]

    assert before == 0
    assert not (till / selftest.PRACTICE_NAME).exists()


def test_both_tills_of_a_desk_are_tried_and_the_printer_prints(tmp_path: Path) -> None:
    with a_virtual_printer() as there, a_desk(tmp_path) as desk:
        desk.printer = opened(PrinterAt(Way.NETWORK, "127.0.0.1", there.port))
        told: list[Check] = []

        checks = selftest.run(desk, told.append)

    assert told == checks
    assert verdicts(checks)["Provbesök R0417E"] == Verdict.GOOD
    assert verdicts(checks)["Kvittoskrivare"] == Verdict.GOOD
    assert selftest.is_well(checks)


def test_a_second_medium_that_is_not_there_has_failed(tmp_path: Path) -> None:
    a_desk(tmp_path).close()
    text = (tmp_path / "clinic.toml").read_text()
    (tmp_path / "no folder").write_text("")
    (tmp_path / "clinic.toml").write_text(f'{text}second_medium = "{tmp_path / "no folder"}"\n')

    with Desk.open(tmp_path, a_clock()) as desk:
        checks = selftest.run(desk, lambda _check: None)

    assert verdicts(checks)["Andra mediet R0417H"] == Verdict.FAILED
    assert not selftest.is_well(checks)


def test_a_clock_that_is_wrong_is_told(tmp_path: Path, region: PluggedRegion) -> None:
    set_clock(region, Clock()().timestamp() + 3600)
    first_start.enrol(tmp_path / "till", region.clinic_file(tmp_path), Clock())

    with Desk.open(tmp_path / "till") as desk:
        checks = selftest.run(desk, lambda _check: None)

    assert verdicts(checks)["Klocka"] == Verdict.FAILED
