"""The first start may be interrupted anywhere and run again: the end is one whole till, or none and words about it.

    python -m tests.test_enrolment FOLDER

A fresh process that forks a child for each step: the child enrols and dies before that step, and the parent, as the
person who tries again, enrols, sells and lets the journal be audited. Prints as JSON what each step led to.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kassaapp import clinic, demo, enrolment
from kassaapp.app import Desk
from kassaapp.domain.fees import Wish
from kassaapp.journal import shadow
from kassaapp.journal.journal import Journal
from kassaapp.trouble import (
    AlreadyEnrolled,
    BadClinicFile,
    BadConfiguration,
    DiskFull,
    JournalDamaged,
    KeyMissing,
    NeedsRegion,
    NotEnrolled,
    NotTheRegion,
    RefusedByRegion,
    Unreachable,
    UnsuitablePlace,
)
from kassaapp.verify.audit import audit
from sync.client.enrol import NewRegister
from sync.client.enrol import enrol as enrol_at_region
from sync.client.errors import Offline, Rejected
from sync.server.app import make_app
from sync.server.region import Region
from sync.wire.canonical import to_text
from sync.wire.demo_keys import demo_keys
from sync.wire.errors import Malformed, WireError
from sync.wire.signature import Signer
from tests.builders import CARD, a_patient
from tests.desks import a_clock, an_enrolled_folder
from tests.sync.builders import Clock, make_region, new_code, publish, transport_to

ROOT = Path(__file__).parents[1]
DEMO = (ROOT / "resources" / "demo" / "demo.toml").read_text(encoding="utf-8")
DEMO_KEY = demo_keys().root.public_key
STRANGER = Signer(bytes(range(32))).public_key


def clinic_text(code: str | None = "DEMO", tills: str = '["H"]', root_key: bytes = DEMO_KEY) -> str:
    who = "demo = true\n" if root_key == DEMO_KEY else 'server = "https://kassa.region.example"\n'
    said = "" if code is None else f'code = "{code}"\n'
    return f'root_key = "{to_text(root_key)}"\n{said}tills = {tills}\ncustody = "machine"\n{who}'


def enrol(folder: Path, region: enrolment.Region, text: str) -> None:
    enrolment.enrol(folder, clinic.parse(text), text, region, now=a_clock())


def line_to(region: Region, root_key: bytes = DEMO_KEY) -> enrolment.Region:
    """The region as a till meets it."""

    def meet(code: str, till: str, signer: Signer) -> NewRegister:
        return enrol_at_region(code, till, signer, root_key, transport_to(make_app(region)))

    return meet


def failing(error: Exception) -> enrolment.Region:
    def meet(code: str, till: str, signer: Signer) -> NewRegister:
        raise error

    return meet


def sell_and_audit(folder: Path) -> list[str]:
    """The till opens and sells its first visit; what an auditor then finds."""
    with Desk.open(folder, a_clock()) as desk:
        desk.sign_in("anber", "123456")
        register = desk.register("H")
        register.open_session(100_000)
        assert register.sell(a_patient(), [Wish(1)], [CARD]).event.receipt == 1
    return [f"{finding.fault} {finding.seq}: {finding.text}" for finding in audit(folder / "H" / "journal.db").findings]


@pytest.fixture
def region(tmp_path: Path) -> Iterator[Region]:
    """A real region with the demo clinic's configuration."""
    made = make_region(tmp_path / "region", Clock())
    publish(made, DEMO)
    yield made
    made.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "till"


# ── What a first start leaves ────────────────────────────────────────────────────────────────────


def test_an_enrolled_till_sells_and_is_whole(folder: Path, region: Region) -> None:
    enrol(folder, line_to(region), clinic_text(new_code(region)))

    assert sell_and_audit(folder) == []
    kept = [path.name for path in (folder / "H").iterdir() if path.suffix not in (".key", ".mark")]
    assert sorted(kept) == ["certificate.json", "journal.db", "shadow.kj"]


def test_a_desk_with_two_tills_has_two_journals(folder: Path, region: Region) -> None:
    enrol(folder, line_to(region), clinic_text(new_code(region, "H", "E"), '["H", "E"]'))

    with Desk.open(folder, a_clock()) as desk:
        assert [desk.register(letter).till.name for letter in desk.tills] == [
            "Hälsovalskassan 1",
            "Egenförvaltad kassa 1",
        ]
        assert desk.records("H") == desk.records("E")


def test_a_folder_that_has_a_till_is_left_alone(folder: Path) -> None:
    an_enrolled_folder(folder)
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}

    with pytest.raises(AlreadyEnrolled):
        demo.enrol(folder, now=a_clock())

    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_without_a_code_nothing_is_begun(folder: Path) -> None:
    with pytest.raises(BadClinicFile) as trouble:
        enrol(folder, failing(AssertionError("the region was asked")), clinic_text(None))

    assert trouble.value.field == "code"
    assert not folder.exists()


def test_a_place_where_no_folder_can_be_made_is_no_failed_disk_and_the_region_is_not_asked(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(UnsuitablePlace) as trouble:
        enrol(tmp_path / "file", failing(AssertionError("the region was asked")), clinic_text())

    assert trouble.value.why == "closed"


# ── What the region may answer ───────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("error", "trouble"),
    [
        (Offline(), Unreachable),
        (Rejected(403, "code-used"), RefusedByRegion),
        (Malformed("not in the protocol"), NotTheRegion),
        (WireError(), NotTheRegion),
    ],
)
def test_a_first_start_that_fails_leaves_no_till_and_may_be_tried_again(
    folder: Path, error: Exception, trouble: type[Exception]
) -> None:
    with pytest.raises(trouble):
        enrol(folder, failing(error), clinic_text())

    with pytest.raises(NotEnrolled):
        Desk.open(folder)
    demo.enrol(folder, now=a_clock())
    assert sell_and_audit(folder) == []


@pytest.mark.parametrize(
    ("code", "why"), [(lambda region: "AAAAA-AAAAA", "code"), (lambda region: new_code(region, "E"), "till")]
)
def test_a_code_that_the_region_refuses_is_named(
    folder: Path, region: Region, code: Callable[[Region], str], why: str
) -> None:
    with pytest.raises(RefusedByRegion) as trouble:
        enrol(folder, line_to(region), clinic_text(code(region)))

    assert trouble.value.why == why
    assert not (folder / "H" / "journal.db").exists()


def test_a_code_is_good_for_one_till(folder: Path, tmp_path: Path, region: Region) -> None:
    text = clinic_text(new_code(region))
    enrol(folder, line_to(region), text)

    with pytest.raises(RefusedByRegion) as trouble:
        enrol(tmp_path / "another", line_to(region), text)

    assert trouble.value.why == "code-used"


def test_a_region_with_another_root_key_is_not_the_region(folder: Path, region: Region) -> None:
    text = clinic_text(new_code(region), root_key=STRANGER)

    with pytest.raises(NotTheRegion):
        enrol(folder, line_to(region, STRANGER), text)

    assert not (folder / "H" / "journal.db").exists()
    assert not (folder / "clinic.toml").exists()


def test_the_code_is_good_again_in_the_same_folder_when_the_root_key_is_put_right(folder: Path, region: Region) -> None:
    code = new_code(region)
    with pytest.raises(NotTheRegion):
        enrol(folder, line_to(region, STRANGER), clinic_text(code, root_key=STRANGER))

    enrol(folder, line_to(region), clinic_text(code))

    assert sell_and_audit(folder) == []


def test_a_configuration_that_lacks_something_is_said_before_anything_is_kept(folder: Path, tmp_path: Path) -> None:
    poor = make_region(tmp_path / "poor", Clock())
    publish(poor)
    text = clinic_text(new_code(poor))
    with pytest.raises(BadConfiguration):
        enrol(folder, line_to(poor), text)
    assert not (folder / "H" / "journal.db").exists()

    publish(poor, DEMO)
    enrol(folder, line_to(poor), text)

    assert sell_and_audit(folder) == []
    poor.close()


def test_an_answer_that_was_lost_is_asked_for_again_with_the_same_key(folder: Path, region: Region) -> None:
    text, given = clinic_text(new_code(region)), list[NewRegister]()

    def losing(code: str, till: str, signer: Signer) -> NewRegister:
        given.append(line_to(region)(code, till, signer))
        raise Offline

    with pytest.raises(Unreachable):
        enrol(folder, losing, text)
    enrol(folder, line_to(region), text)

    with Desk.open(folder, a_clock()):
        pass
    journal = (folder / "H" / "journal.db").read_bytes()
    assert given[0].enrolment.public_key in journal
    assert given[0].enrolment.chain in journal
    assert sell_and_audit(folder) == []


def test_a_second_medium_that_cannot_be_read_stops_no_first_start(
    folder: Path, tmp_path: Path, region: Region, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "stick" / "R0417H.kj").mkdir(parents=True)
    text = clinic_text(new_code(region)) + f'second_medium = "{tmp_path / "stick"}"\n'

    enrol(folder, line_to(region), text)

    with Desk.open(folder, a_clock()) as desk:
        assert desk.trouble_at_start == ("H",)
    assert "second medium" in caplog.text


def test_what_the_till_before_left_on_the_second_medium_is_there_also_when_the_first_start_failed(
    folder: Path, region: Region, monkeypatch: pytest.MonkeyPatch
) -> None:
    text, left = clinic_text(new_code(region)), shadow.MAGIC + b"another chain, and records that only this file has"
    (folder / "H").mkdir(parents=True)
    (folder / "H" / "shadow.kj").write_bytes(left)

    with monkeypatch.context() as patched:
        patched.setattr(Journal, "append", _full)
        with pytest.raises(DiskFull):
            enrol(folder, line_to(region), text)
    enrol(folder, line_to(region), text)

    assert left in [aside.read_bytes() for aside in (folder / "H").glob("*.aside")]
    assert sell_and_audit(folder) == []


def test_a_first_start_that_ended_before_the_journal_had_its_name_leaves_no_other_history(
    folder: Path, region: Region, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = clinic_text(new_code(region))

    with monkeypatch.context() as patched:
        patched.setattr(Path, "rename", _full)
        with pytest.raises(DiskFull):
            enrol(folder, line_to(region), text)
    enrol(folder, line_to(region), text)

    assert sell_and_audit(folder) == []
    assert [path.name for path in (folder / "H").glob("shadow*")] == ["shadow.kj"]


def _full(*_: object) -> None:
    raise DiskFull


def test_a_stick_that_is_out_is_told_and_catches_up_when_it_is_back(
    folder: Path, tmp_path: Path, region: Region
) -> None:
    stick = tmp_path / "stick"
    enrol(folder, line_to(region), clinic_text(new_code(region)) + f'second_medium = "{stick}"\n')
    stick.rename(tmp_path / "drawer")

    with Desk.open(folder, a_clock()) as desk:
        assert desk.trouble_at_start == ("H",)
        desk.sign_in("anber", "123456")
    assert not stick.exists()
    (tmp_path / "drawer").rename(stick)
    with Desk.open(folder, a_clock()) as desk:
        assert desk.trouble_at_start == ()
        recorded = desk.records("H")

    assert len(shadow.read(stick / "R0417H.kj").records) == recorded


# ── What lies in the folder ──────────────────────────────────────────────────────────────────────


def test_a_clinic_file_with_another_root_key_opens_no_journal(folder: Path) -> None:
    an_enrolled_folder(folder)
    (folder / "clinic.toml").write_text(clinic_text(root_key=STRANGER), encoding="utf-8")
    before = (folder / "H" / "journal.db").read_bytes()

    with pytest.raises((JournalDamaged, NeedsRegion)):
        Desk.open(folder)

    assert (folder / "H" / "journal.db").read_bytes() == before


def test_a_till_without_its_key_opens_no_journal(folder: Path) -> None:
    an_enrolled_folder(folder)
    for key in folder.glob("H/*.key"):
        key.unlink()

    with pytest.raises(KeyMissing):
        Desk.open(folder)


@pytest.mark.parametrize(
    "note", ["", "{", '{"public_key": "gJXib', "{}", '{"public_key": "AAAA"}', '{"public_key": 5}']
)
def test_a_torn_note_of_an_interrupted_start_is_begun_again(folder: Path, note: str) -> None:
    (folder / "H").mkdir(parents=True)
    (folder / "H" / "enrolling.json").write_text(note, encoding="ascii")

    demo.enrol(folder, now=a_clock())

    assert sell_and_audit(folder) == []


# ── Killed at every step ─────────────────────────────────────────────────────────────────────────


@pytest.mark.slow
def test_a_first_start_killed_at_any_step_is_whole_the_second_time(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.test_enrolment", str(tmp_path)]

    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)

    assert ended.returncode == 0, ended.stderr[-2000:]
    outcome = json.loads(ended.stdout)
    assert len(outcome) > 8, "too few steps to prove anything"
    assert {step: found for step, found in outcome.items() if found} == {}


def main(folder: Path) -> dict[str, list[str]]:
    """Kill an enrolment before each of its steps and try again; what an auditor finds afterwards, by step."""
    outcome: dict[str, list[str]] = {}
    for number in range(1, 100):
        till = folder / str(number)
        step = _killed_at(till, number)
        if not step:
            break
        if not (till / "clinic.toml").exists():
            demo.enrol(till, now=a_clock())
        outcome[f"{number} {step}"] = sell_and_audit(till)
    return outcome


def _killed_at(folder: Path, number: int) -> str:
    """Let a child enrol and die before its step `number`; what the step was, or nothing when there were fewer."""
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(ours)
        _die_at(folder, number, theirs)
        demo.enrol(folder, now=a_clock())
        os._exit(0)
    os.close(theirs)
    os.waitpid(child, 0)
    with os.fdopen(ours, encoding="utf-8") as said:
        return said.read()


def _die_at(folder: Path, number: int, pipe: int) -> None:
    """From now on count what Python asks of files in the folder, and end at `number` as if the power went."""
    seen = 0

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal seen
        if event not in ("open", "os.rename", "os.remove", "os.mkdir") or str(folder) not in str(arguments[0]):
            return
        seen += 1
        if seen == number:
            os.write(pipe, f"{event} {Path(str(arguments[0])).name}".encode())
            os._exit(9)

    sys.addaudithook(watch)


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(Path(sys.argv[1]))) + "\n")
