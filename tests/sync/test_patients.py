"""A patient's frikort across clinics: what every till has told counts, who asked is on record, and nobody is named."""

import io
import logging
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from sync.client import frikort as asking
from sync.client.errors import Offline, Rejected
from sync.server import enrolment, patients, roles, storage, succession
from sync.server import tables as t
from sync.server.__main__ import main
from sync.server.admission import Limits
from sync.server.app import make_app
from sync.server.errors import Unavailable
from sync.server.frikort import Standing
from sync.server.patients import OwnRecords, Patients
from sync.server.region import Region, open_region
from sync.server.visits import FILE
from sync.wire import canonical
from sync.wire import record as rec
from sync.wire.canonical import Json
from sync.wire.errors import Malformed
from sync.wire.frame import Frame
from sync.wire.patient import PATIENTS_PATH, Frikort, PatientAsk, PatientName
from sync.wire.record import Header, Part
from tests.sync.builders import (
    HOST,
    Clock,
    Till,
    enrol,
    knock,
    make_region,
    part,
    publish,
    signer,
    transport_to,
)
from tests.sync.succession import succeed

NUMBER = "196101182803"
WHO = PatientName("personnummer", NUMBER)
OTHER = PatientName("personnummer", "197010632391")
DAY = date(2026, 5, 4)
DOCUMENT = """
[region]
name = "Demoregionen"
[fees]
frikort_ceiling_ore = 145000
"""


def write(
    till: Till, kind: str, who: PatientName = WHO, person: Mapping[str, Json] | None = None, **said: Json
) -> None:
    """One more record in the till's journal, not yet sent."""
    named: dict[str, Json] = {"id": {"kind": who.kind, "value": who.value, "oid": "1.2"}, "name": "Test Testsson"}
    put(till, kind, part("a", dict(said)), part("p", {**named, **(person or {})}))


def put(till: Till, kind: str, *parts: Part) -> None:
    journal = till.journal
    before = journal.records[-1].record.hash if journal.records else journal.enrolment.hash
    header = Header(journal.enrolment.chain, journal.count(), before, kind, {one.name: one.commitment for one in parts})
    journal.records.append(Frame(rec.seal(header, journal.key), parts))


def sell(till: Till, receipt: int, day: str, ore: int, who: PatientName = WHO, **person: Json) -> None:
    lines: list[Json] = [{"counts_ore": ore}, {"amount_ore": 9}]
    write(till, "sale", who, person, receipt=receipt, visit_date=day, lines=lines)


def desk(region: Region, clock: Clock, clinic: str = "ekbacken", name: str = "R0417", till: str = "H") -> Till:
    return enrol(region, clock, code=enrolment.shown(enrolment.order(region, clinic, name, (till,))), till=till)


def ask(till: Till, who: PatientName = WHO, day: date = DAY) -> Frikort:
    return asking.ask(till.transport, till.sender, who, day)


@pytest.fixture
def one(region: Region, clock: Clock) -> Till:
    publish(region, DOCUMENT)
    return desk(region, clock)


@pytest.fixture
def other(region: Region, clock: Clock) -> Till:
    return desk(region, clock, "tallbacken", "R0900")


# ── What is known ────────────────────────────────────────────────────────────────────────────────


def test_visits_at_all_clinics_add_up_to_one_frikort(region: Region, one: Till, other: Till) -> None:
    sell(one, 1, "2026-03-10", 100_000)
    sell(one, 2, "2026-03-11", 20_000, OTHER)
    one.sync()
    assert ask(other) == Frikort(DAY, region.clock(), "region", 100_000, date(2026, 3, 10))

    sell(other, 1, "2026-04-02", 45_000)
    other.sync()

    assert ask(one) == Frikort(DAY, region.clock(), "region", 145_000, date(2026, 3, 10), date(2027, 3, 9))
    assert ask(one, OTHER).paid_in_window_ore == 20_000
    assert ask(one, PatientName("reserve_skane", NUMBER)) == Frikort(DAY, region.clock(), "region")


def test_what_is_given_back_no_longer_counts(one: Till) -> None:
    sell(one, 1, "2026-03-10", 100_000)
    sell(one, 2, "2026-04-10", 40_000)
    write(one, "refund", receipt=3, sale_receipt=2, lines=[{"counts_ore": 15_000}])
    one.sync()
    assert ask(one).paid_in_window_ore == 125_000

    write(one, "void", receipt=4, sale_receipt=1, lines=[{"counts_ore": 100_000}])
    one.sync()

    assert (ask(one).paid_in_window_ore, ask(one).window_from) == (25_000, date(2026, 4, 10))


def test_what_a_successor_gives_back_of_the_chain_before_counts(region: Region, clock: Clock, one: Till) -> None:
    sell(one, 1, "2026-03-10", 100_000)
    one.sync()
    after = succeed(region, one, clock, signer())

    write(after, "refund", receipt=2, sale_receipt=1, lines=[{"counts_ore": 99_000}])
    after.sync()

    assert ask(after).paid_in_window_ore == 1_000


def test_a_card_that_some_desk_has_seen_is_told(one: Till, other: Till) -> None:
    sell(one, 1, "2026-03-10", 0, frikort_until="2026-05-20")
    one.sync()

    assert ask(other).frikort_until == date(2026, 5, 20)


def test_the_other_kind_of_till_tells_nothing(region: Region, clock: Clock, one: Till) -> None:
    own = desk(region, clock, name="R0419", till="E")
    sell(own, 1, "2026-03-10", 100_000)
    own.sync()

    assert ask(one).paid_in_window_ore == 0


HOSTILE: list[tuple[str, dict[str, Json], dict[str, Json]]] = [
    ("sale", {}, {}),
    ("sale", {"receipt": 1, "visit_date": "yesterday", "lines": []}, {}),
    ("sale", {"receipt": 1, "visit_date": "9999-12-31", "lines": [{"counts_ore": 145_000}]}, {}),
    ("sale", {"receipt": True, "visit_date": "2026-03-10", "lines": [1]}, {}),
    ("sale", {"receipt": 2, "visit_date": "2026-03-10", "lines": {"counts_ore": 5}}, {}),
    ("sale", {"receipt": 3, "visit_date": "2026-03-10", "lines": [{"counts_ore": 2**53 - 1}] * 2000}, {}),
    ("sale", {"receipt": 4, "visit_date": "2026-03-10", "lines": [{"counts_ore": -5}]}, {"paid_in_window_ore": "many"}),
    ("sale", {"receipt": 5, "visit_date": "2026-03-10", "lines": []}, {"window_from": 7, "frikort_until": "soon"}),
    ("sale", {"receipt": 6, "visit_date": "2026-03-10", "lines": []}, {"id": {"kind": 7, "value": []}}),
    ("sale", {"receipt": 6, "visit_date": "2026-03-10", "lines": []}, {"id": {"kind": "", "value": "\N{SNOWMAN}"}}),
    ("refund", {"sale_receipt": [1], "lines": [{"counts_ore": 5}]}, {}),
    ("refund", {"sale_receipt": 1, "lines": "none"}, {}),
    ("void", {"sale_receipt": {"$ne": 1}}, {}),
]


def test_records_that_are_not_as_the_format_says_hide_no_others(region: Region, one: Till) -> None:
    for kind, said, person in HOSTILE:
        write(one, kind, person=person, **said)
    put(one, "sale", Part("a", bytes(32), b"\xff"), Part("p", bytes(32), b"{"))
    put(one, "sale")
    sell(one, 99, "2026-03-10", 70_000)
    while one.sync().unsent:
        pass

    assert ask(one).paid_in_window_ore == 70_000
    assert ask(one, day=date.max).day == date.max


def test_what_comes_while_it_is_being_read_is_not_left_out(region: Region, one: Till) -> None:
    own = OwnRecords(region)
    for number in range(1, 1_300):
        sell(one, number, "2026-03-10", 1)
    while one.sync().unsent:
        own.read_some()

    assert own.standing(WHO, DAY).paid_ore == 1_299


def test_a_question_with_too_much_left_to_read_is_put_off_and_not_answered_short(
    monkeypatch: pytest.MonkeyPatch, one: Till
) -> None:
    monkeypatch.setattr(patients, "MOST_AT_ONCE", 500)
    for number in range(1, 1_300):
        sell(one, number, "2026-03-10", 1)
    while one.sync().unsent:
        pass

    answers: list[int | None] = []
    while len(answers) < 10 and answers[-1:] != [1_299]:
        try:
            answers.append(ask(one).paid_in_window_ore)
        except Offline:
            answers.append(None)

    assert answers == [None, None, 1_299]


def test_the_file_is_made_again_when_it_is_gone_or_of_another_region(region: Region, one: Till, tmp_path: Path) -> None:
    sell(one, 1, "2026-03-10", 70_000)
    one.sync()
    own = OwnRecords(region)
    assert own.standing(WHO, DAY).paid_ore == 70_000
    own.close()
    elsewhere = make_region(tmp_path / "elsewhere", Clock())
    till = desk(elsewhere, Clock())
    sell(till, 1, "2026-03-10", 30_000)
    till.sync()

    (region.settings.folder / FILE).rename(elsewhere.settings.folder / FILE)
    (elsewhere.settings.keys / "patient.key").write_bytes((region.settings.keys / "patient.key").read_bytes())

    assert own.standing(WHO, DAY).paid_ore == 70_000
    assert OwnRecords(elsewhere).standing(WHO, DAY).paid_ore == 30_000
    elsewhere.close()


def test_a_file_that_cannot_be_used_is_no_answer(region: Region, one: Till, caplog: pytest.LogCaptureFixture) -> None:
    (region.settings.folder / FILE).mkdir()

    with pytest.raises(Offline):
        ask(one)

    assert "patients: " in caplog.text


# ── Who may ask, and what is told of whom ────────────────────────────────────────────────────────


def test_a_protected_person_is_said_to_be_so_and_nothing_more(region: Region, one: Till, other: Till) -> None:
    sell(one, 1, "2026-03-10", 100_000)
    write(one, "deposit", person={"protected": True})
    one.sync()

    assert ask(other) == Frikort(DAY, region.clock(), "region", protected=True)


def test_who_asked_is_on_record_and_about_whom_only_the_regions_key_tells(region: Region, one: Till) -> None:
    ask(one)

    with storage.reading(region.engine) as db:
        [(chain, what, about)] = db.execute(select(t.access.c.chain, t.access.c.what, t.access.c.about)).all()
    own = OwnRecords(region).caught_up(500)
    assert (chain, what, about) == (one.sender.chain, "patient", canonical.to_text(own.key(WHO)))
    assert own.key(WHO) != own.key(OTHER)


def test_who_may_know_the_number_is_told_who_asked(
    region: Region, one: Till, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ask(one)
    ask(one, OTHER)

    said = []
    for number in (NUMBER, "201010212395"):
        monkeypatch.setattr("sys.stdin", io.StringIO(f"{number}\n"))
        assert main(["accesses", str(region.settings.folder)]) == 0
        said.append(capsys.readouterr().out.splitlines())

    assert said == [["2023-11-14T22:13:20+00:00  ekbacken  R0417-H", "asked 1 times"], ["asked 0 times"]]


@pytest.mark.parametrize("written", ["{}-{}", " {} {} ", "{}+{}"])
def test_a_number_is_found_however_it_is_written(
    region: Region, one: Till, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], written: str
) -> None:
    ask(one)
    monkeypatch.setattr("sys.stdin", io.StringIO(written.format(NUMBER[:8], NUMBER[8:])))

    assert main(["accesses", str(region.settings.folder)]) == 0

    assert capsys.readouterr().out.splitlines()[-1] == "asked 1 times"


@pytest.mark.parametrize("written", [NUMBER[2:], f"{NUMBER[2:8]}-{NUMBER[8:]}", "", "\udcff", f"{NUMBER}1"])
def test_what_is_no_whole_number_is_never_answered_with_nobody_asked(
    region: Region, one: Till, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], written: str
) -> None:
    ask(one)
    monkeypatch.setattr("sys.stdin", io.StringIO(written))

    assert main(["accesses", str(region.settings.folder)]) == 2

    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "Malformed: a number is all twelve characters: YYYYMMDD-NNNN\n")


def test_no_number_and_no_name_lies_in_the_file_or_in_a_log(
    region: Region, one: Till, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    sell(one, 1, "2026-03-10", 100_000)
    one.sync()
    ask(one)

    lying = (region.settings.folder / FILE).read_bytes()
    assert (NUMBER.encode() in lying, b"Testsson" in lying) == (False, False)
    assert (NUMBER in caplog.text, NUMBER in repr(PatientAsk(WHO, DAY))) == (False, False)


def test_a_till_that_was_lost_is_told_nothing_about_anybody(region: Region, one: Till) -> None:
    succession.lose(region, one.sender.chain)

    with pytest.raises(Rejected, match="closed"):
        ask(one)
    with storage.reading(region.engine) as db:
        assert db.execute(select(t.access.c.id)).all() == []


def test_the_clinics_own_till_may_not_ask(region: Region, clock: Clock, one: Till) -> None:
    with pytest.raises(Rejected, match="till"):
        ask(desk(region, clock, name="R0419", till="E"))


def test_nobody_may_try_all_numbers(region: Region, clock: Clock, one: Till) -> None:
    line = transport_to(make_app(region, Limits(lookup_burst=3)))

    for _ in range(3):
        asking.ask(line, one.sender, WHO, DAY)
    with pytest.raises(Offline) as refused:
        asking.ask(line, one.sender, WHO, DAY)

    assert refused.value.retry_after_s == 20
    assert line.certificate(one.sender).leaf


def test_a_stranger_is_not_answered(region: Region) -> None:
    assert knock(region).post(PATIENTS_PATH, content=PatientAsk(WHO, DAY).encode()).status_code == 401


def test_a_report_may_not_read_the_parts_that_this_reads(postgres_url: str, tmp_path: Path, clock: Clock) -> None:
    made = make_region(tmp_path / "region", clock, postgres_url)
    till = desk(made, clock)
    sell(till, 1, "2026-03-10", 100_000)
    till.sync()
    made.close()

    for role, count in ((roles.READER, 0), (roles.INGEST, 1)):
        region = open_region(tmp_path / "region", role=role, clock=clock)
        (tmp_path / "region" / FILE).unlink(missing_ok=True)
        visits = OwnRecords(region).caught_up(500)
        assert len(visits.of(visits.key(WHO))) == count
        region.close()


# ── The seam ─────────────────────────────────────────────────────────────────────────────────────


class Nation:
    """A national service that knows more."""

    basis = "e-frikort"

    def __init__(self, own: OwnRecords) -> None:
        self.own = own
        self.asked: list[date] = []

    def standing(self, who: PatientName, day: date) -> Standing:
        self.asked.append(day)
        if who == OTHER:
            raise Unavailable
        known = self.own.standing(who, day)
        return Standing(known.paid_ore + 5, known.window_from or day, known.until)


def test_another_service_may_be_asked_instead(region: Region, one: Till) -> None:
    sell(one, 1, "2026-03-10", 100_000)
    write(one, "deposit", OTHER, person={"protected": True})
    one.sync()
    nation = Nation(OwnRecords(region))
    made = Patients(region, ask=lambda _: nation)
    with storage.reading(region.engine) as db:
        asker = storage.find_chain(db, one.sender.chain)
    assert asker is not None

    known = made.look_up(asker, PatientAsk(WHO, DAY).encode())
    hidden = made.look_up(asker, PatientAsk(OTHER, DAY).encode())

    assert (known.basis, known.paid_in_window_ore) == ("e-frikort", 100_005)
    assert (hidden.protected, nation.asked) == (True, [DAY])


def test_the_reading_goes_on_beside_the_answers(monkeypatch: pytest.MonkeyPatch, region: Region, one: Till) -> None:
    monkeypatch.setattr(patients, "READ_EVERY_S", 0.01)
    sell(one, 1, "2026-03-10", 100_000)
    one.sync()

    with TestClient(make_app(region), base_url=f"http://{HOST}"):
        wait_until((region.settings.folder / FILE).exists)

    assert OwnRecords(region).standing(WHO, DAY).paid_ore == 100_000


def wait_until(done: Callable[[], bool]) -> None:
    import time

    for _ in range(500):
        if done():
            return
        time.sleep(0.01)
    raise AssertionError("it never was")


# ── The messages ─────────────────────────────────────────────────────────────────────────────────

ASKED = PatientAsk(WHO, DAY).encode()
TOLD = Frikort(DAY, 1, "region", 5, date(2026, 1, 1), date(2026, 6, 1)).encode()


def test_the_messages_are_these_bytes() -> None:
    assert ASKED == b'{"day":"2026-05-04","kind":"personnummer","value":"196101182803"}'
    assert TOLD == (
        b'{"as_of":1,"basis":"region","day":"2026-05-04","frikort_until":"2026-06-01","paid_in_window_ore":5,'
        b'"protected":false,"window_from":"2026-01-01"}'
    )
    assert Frikort.read(TOLD).encode() == TOLD


@pytest.mark.parametrize(
    ("whole", "of", "to"),
    [
        (ASKED, b"2026-05-04", b""),
        (ASKED, b"2026-05-04", b"20260504"),
        (ASKED, b"2026-05-04", b"2026-02-30"),
        (ASKED, b'"196101182803"', b"196101182803"),
        (ASKED, b"196101182803", b"19610118-2803"),
        (ASKED, b"personnummer", b"Person nummer"),
        (ASKED, b'{"day"', b'{"a":1,"day"'),
        (TOLD, b":5", b":-5"),
        (TOLD, b":5", b":true"),
        (TOLD, b"false", b"0"),
        (TOLD, b"region", b""),
        (TOLD, b"2026-06-01", b"soon"),
        (TOLD, b'"day":"2026-05-04"', b'"day":""'),
    ],
)
def test_a_message_that_is_none_is_malformed(whole: bytes, of: bytes, to: bytes) -> None:
    assert of in whole
    with pytest.raises(Malformed):
        (PatientAsk if whole is ASKED else Frikort).read(whole.replace(of, to, 1))


@pytest.mark.parametrize(
    "answer",
    [
        Frikort(date(2026, 5, 5), 1, "region"),
        Frikort(DAY, 1, "region", window_from=date(2026, 5, 5)),
        Frikort(DAY, 1, "region", frikort_until=date(2026, 5, 3)),
        Frikort(DAY, 1, "region", 5, protected=True),
        Frikort(DAY, 1, "region", frikort_until=DAY, protected=True),
    ],
)
def test_an_answer_that_cannot_be_to_this_question_is_not_taken(answer: Frikort) -> None:
    class Line:
        def frikort(self, *_: object) -> Frikort:
            return answer

    with pytest.raises(Malformed):
        asking.ask(Line(), None, WHO, DAY)  # type: ignore[arg-type]
