"""A second medium by itself: what proves itself without a key is said, and what needs one is not pretended."""

import shutil
import struct
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from kassaapp.domain.events import Event, SaleRecalled, SessionOpened
from kassaapp.domain.state import RegisterState, apply
from kassaapp.verify.fault import Fault
from sync.wire import canonical, shadow
from sync.wire.messages import Enrolled
from sync.wire.shadow import StoredPart, StoredRecord
from tests.builders import EVENING
from tests.verify.evidence import faults, journal_in, text_of, verdict, verdicts, warned
from tests.verify.forge import (
    STRANGER,
    Ledger,
    Successor,
    certificate_of,
    copy_of,
    drafts,
    hashes_of,
    number_of,
    rewrite,
    succeed,
    write_medium,
)
from tests.verify.test_chains import sells_on
from tests.verify.test_fault_classes import tells
from tests.verify.test_forgeries import (
    DRAWER_ORE,
    FORGERIES,
    Make,
    close,
    close_and_open,
    given_back,
    next_close,
    parked,
    payment_begun,
    payment_ended,
    pays,
    sale,
    undone,
    z_with,
)


@pytest.fixture
def stick(desk: Path, tmp_path: Path) -> Path:
    """The medium alone, on another machine."""
    (tmp_path / "stick").mkdir()
    return Path(shutil.copy(desk / "H" / "shadow.kj", tmp_path / "stick" / "R0417H.kj"))


def own_key(desk: Path) -> str:
    return canonical.to_text(certificate_of(desk).public_key)


def certificate_in(tmp_path: Path, desk: Path) -> str:
    path = tmp_path / "certificate.json"
    path.write_bytes(certificate_of(desk).encode())
    return str(path)


# ── Whose is it? ─────────────────────────────────────────────────────────────────────────────────


def test_without_a_key_everything_else_is_checked_and_that_is_said(stick: Path, desk: Path) -> None:
    code, report = verdict(stick)

    assert (code, report["evidence"], report["findings"]) == (0, "second-medium", [])
    assert report["signatures_checked"] is False
    assert report["records"] == len(hashes_of(desk))
    assert (report["sessions"], report["receipts"]) == (2, 14)
    said = text_of(stick)
    assert "OBESTYRKT" in said
    assert "HEL:" not in said
    assert "signaturerna kunde inte prövas" in said


def test_with_the_public_key_the_signatures_are_checked(stick: Path, desk: Path) -> None:
    code, report = verdict(stick, key=own_key(desk))

    assert (code, report["signatures_checked"], report["findings"]) == (0, True, [])
    assert "HEL:" in text_of(stick, key=own_key(desk))


def test_with_the_certificate_the_first_record_is_tied_to_it_and_the_till_has_a_name(
    stick: Path, desk: Path, tmp_path: Path
) -> None:
    code, report = verdict(stick, key=certificate_in(tmp_path, desk))

    assert (code, report["register"], report["findings"]) == (0, "R0417H", [])
    assert "första posten följer på" not in text_of(stick, key=certificate_in(tmp_path, desk))


def test_the_answer_to_an_enrolment_is_a_certificate_too(stick: Path, desk: Path, tmp_path: Path) -> None:
    ledger = Ledger.of(desk)
    path = tmp_path / "enrolled"
    path.write_bytes(Enrolled(ledger.leaves[0], 0, (), ledger.note(), ()).encode())

    assert verdict(stick, key=str(path))[1]["register"] == "R0417H"


def test_the_key_is_taken_from_the_journal_beside(desk: Path) -> None:
    code, report = verdict(desk / "H" / "shadow.kj")

    assert (code, report["signatures_checked"], report["findings"]) == (0, True, [])


def test_the_key_is_taken_from_the_certificate_beside_when_the_journal_is_gone(desk: Path) -> None:
    journal_in(desk).unlink()

    assert verdict(desk / "H" / "shadow.kj")[1]["signatures_checked"] is True


def test_a_journal_elsewhere_is_named_and_compared_with(stick: Path, desk: Path) -> None:
    rewrite(desk, lambda drafts: tells(frikort_reached=True)(drafts[number_of(desk, "sale", 3)]))

    code, report = verdict(stick, journal=journal_in(desk))

    assert (code, faults(report)) == (1, {"fork"})
    assert report["first_bad"] == number_of(desk, "sale", 3)


def test_another_tills_journal_is_not_its_own(stick: Path, desk: Path) -> None:
    _, report = verdict(stick, journal=desk / "E" / "journal.db")

    assert faults(report) == {"second-medium"}
    assert report["signatures_checked"] is False


@pytest.mark.parametrize("wrong", ["AAAA", "nothing.json"])
def test_what_is_no_key_is_not_taken_for_one(stick: Path, wrong: str) -> None:
    code, report = verdict(stick, key=wrong)

    assert (code, report["verdict"]) == (2, "unreadable")


def test_another_key_makes_every_record_a_strangers(stick: Path) -> None:
    _, report = verdict(stick, key=canonical.to_text(STRANGER.public_key))

    assert (report["first_bad"], faults(report)) == (0, {"signature"})


def test_another_chains_certificate_is_refused(stick: Path, desk: Path, tmp_path: Path) -> None:
    path = tmp_path / "certificate.json"
    path.write_bytes(replace(certificate_of(desk), chain=bytes(16)).encode())

    assert "key" in faults(verdict(stick, key=str(path))[1])


def test_a_folder_of_sticks_is_verified_one_by_one(desk: Path, stick: Path) -> None:
    shutil.copy(desk / "E" / "shadow.kj", stick.parent / "R0417E.kj")

    code, reports = verdicts(stick.parent)

    assert (code, [report["evidence"] for report in reports]) == (0, ["second-medium"] * 2)


def with_medium_of(desk: Path, how: Successor) -> Path:
    """A successor goes on in the desk's journal, and has a second medium."""
    succeed(desk, how)
    copies: list[StoredRecord] = []
    for draft in drafts(desk, 2):
        env = draft.sealed(len(copies), canonical.from_text(draft.header["prev"]), how.signer)
        copies.append(copy_of(env, draft.parts))
    write_medium(desk / "H" / "shadow.kj", certificate_of(desk, 2).chain, copies)
    return desk / "H" / "shadow.kj"


def test_the_medium_of_a_successor_is_checked_as_that_chain(desk: Path) -> None:
    with_medium_of(desk, Successor())

    code, report = verdict(desk / "H" / "shadow.kj")

    assert (code, report["findings"], report["chains"][0]["n"]) == (0, [], 2)
    assert "efterträder en kedja som inte ligger i filen" in text_of(desk / "H" / "shadow.kj")


def ends_what_was_begun(state: RegisterState, past: list[Event]) -> list[Event]:
    """A payment that the chain before asked for did not come, and a sale that it put aside is taken up."""
    ended = payment_ended(state, past, attempt=4)
    return [ended, SaleRecalled(ended.at, "erilu", ended.session, 3, 20_000), next_close(state, at=ended.at)]


def numbers_on(state: RegisterState, past: list[Event]) -> list[Event]:
    """Payments and parked sales have numbers that the birth does not say; a Z is no new beginning of them."""
    opened = close_and_open()(state, past)
    then = apply(apply(state, opened[0]), opened[1])
    asked = [event for attempt in (5, 6) for event in asked_in_vain(then, past, attempt)]
    return [*parked(parked=3)(state, past), *parked(parked=4)(state, past), *opened, *asked]


def asked_in_vain(state: RegisterState, past: list[Event], attempt: int) -> list[Event]:
    begun = payment_begun(state, past, attempt=attempt, session=3, at=EVENING)
    return [begun, payment_ended(state, past, attempt=attempt, session=3, at=EVENING)]


def begins_anew(state: RegisterState, past: list[Event]) -> list[Event]:
    """A new machine, that never had the session which the one before left open."""
    return [SessionOpened(EVENING, "erilu", state.next_session, DRAWER_ORE, DRAWER_ORE)]


CONTINUED: dict[str, Make] = {
    "a sale": sale(),
    "a sale and the Z": sells_on,
    "the Z, and a session of its own": close_and_open(),
    "what was sold before, given back": given_back(),
    "what was sold before, undone": undone(),
    "a parked sale": parked(),
    "payments": pays,
    "what was begun before": ends_what_was_begun,
    "numbers that go on": numbers_on,
    "a session of its own": begins_anew,
}


@pytest.mark.parametrize("case", CONTINUED)
def test_the_medium_of_a_successor_that_goes_on_in_the_middle_of_a_session_is_whole(desk: Path, case: str) -> None:
    medium = with_medium_of(desk, Successor(then=CONTINUED[case]))

    code, report = verdict(medium)
    unsigned = verdict(alone(medium))[1]

    assert (code, report["findings"], unsigned["findings"]) == (0, [], [])


def alone(medium: Path) -> Path:
    """The medium on another machine, where nobody has its key."""
    place = medium.parent.parent / "R0417BH.kj"
    return Path(shutil.copy(medium, place))


def opens_twice(state: RegisterState, past: list[Event]) -> list[Event]:
    return [*sale()(state, past), *begins_anew(state, past)]


def sells_before_it_opens(state: RegisterState, past: list[Event]) -> list[Event]:
    return [*close()(state, past), *sale(session=state.next_session)(state, past)]


def closes_the_next_with_less(state: RegisterState, past: list[Event]) -> list[Event]:
    opened = close_and_open()(state, past)
    then = apply(apply(state, opened[0]), opened[1])
    return [*opened, *z_with(sales_ore=7)(then, past)]


FORGED_ALONE: dict[str, tuple[Fault, Make]] = {
    name: FORGERIES[name]
    for name in ("a receipt left out", "a receipt twice", "another session", "grand total", "vat", "a session left out",
                 "Z with another number", "Z of another session", "a second close", "Z during a payment",
                 "a float that was not counted", "a float that differs without a reason", "two payments at once",
                 "a payment that paid nothing", "a payment that ends as another", "a till born again",
                 "given back of a receipt that is not there", "a return beside the grand total")
} | {
    "a session in one that was sold in": (Fault.SESSION, opens_twice),
    "a session without an opening": (Fault.SESSION, sells_before_it_opens),
    "the next Z, of less than was sold": (Fault.FIGURES, closes_the_next_with_less),
}  # fmt: skip


@pytest.mark.parametrize("case", FORGED_ALONE)
def test_what_no_till_makes_is_found_on_the_medium_of_a_successor_too(desk: Path, case: str) -> None:
    fault, make = FORGED_ALONE[case]
    medium = with_medium_of(desk, Successor(then=make))

    _, report = verdict(medium)

    assert faults(report) == {fault}


# ── Damage and forgery ───────────────────────────────────────────────────────────────────────────


def frames_of(path: Path) -> list[bytes]:
    """The bytes of every frame."""
    return [shadow.encode(record) for record in shadow.read(path.read_bytes()).records]


def written(path: Path, frames: list[bytes]) -> None:
    path.write_bytes(path.read_bytes()[: shadow.START] + b"".join(frames))


def framed(body: bytes) -> bytes:
    """A frame with the right checksum around any bytes."""
    return struct.pack(">II", len(body), zlib.crc32(body)) + body


def changed(frame: bytes, change: Callable[[StoredRecord], StoredRecord]) -> bytes:
    (record,) = shadow.every_record(b"\0" * 40 + frame)
    return shadow.encode(change(record))


DAMAGE: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "a checksum": ("file", lambda frame: frame[:4] + bytes([frame[4] ^ 1]) + frame[5:]),
    "a negative length": ("file", lambda frame: b"\xff\xff\xff\xff" + frame[4:]),
    "a length of nothing": ("file", lambda frame: bytes(4) + frame[4:]),
    "bytes after the last part": ("file", lambda frame: framed(frame[8:] + b"\0")),
    "a part that is longer than its frame": ("file", lambda frame: framed(frame[8:-5])),
    "an env of two bytes": ("malformed", lambda frame: framed(b"\0\2ab\0")),
}


@pytest.mark.parametrize("case", DAMAGE)
def test_a_damaged_frame_is_named_and_those_after_it_are_whole_by_themselves(
    stick: Path, desk: Path, case: str
) -> None:
    fault, damage = DAMAGE[case]
    frames = frames_of(stick)
    written(stick, [*frames[:9], damage(frames[9]), *frames[10:]])

    code, report = verdict(stick, key=own_key(desk))

    assert (code, report["first_bad"], report["trusted_to"]) == (1, 9, 8)
    assert fault in faults(report)
    assert report["chains"][0]["runs"] == [[0, 8], [10, len(frames) - 1]]


def test_a_torn_end_is_a_warning(stick: Path, desk: Path) -> None:
    stick.write_bytes(stick.read_bytes()[:-7])

    code, report = verdict(stick, key=own_key(desk))

    assert (code, report["records"]) == (0, len(frames_of(stick)))
    assert "second-medium" in warned(report)


FORGED: dict[str, tuple[str, Callable[[StoredRecord], StoredRecord]]] = {
    "a signature": ("signature", lambda record: replace(record, env=bytes(64) + record.env[64:])),
    "an amount": ("part", lambda record: with_part(record, "a", lambda body: body.replace(b"40000", b"30000"))),
    "no parts": ("part", lambda record: replace(record, parts=())),
    "a part that is called sealed": (
        "part",
        lambda record: replace(record, parts=tuple(replace(part, sealed=True) for part in record.parts)),
    ),
}


def with_part(record: StoredRecord, name: str, change: Callable[[bytes], bytes]) -> StoredRecord:
    def one(part: StoredPart) -> StoredPart:
        return replace(part, body=change(part.body)) if part.name == name else part

    return replace(record, parts=tuple(one(part) for part in record.parts))


@pytest.mark.parametrize("case", FORGED)
def test_a_forged_record_is_named(stick: Path, desk: Path, case: str) -> None:
    fault, forge = FORGED[case]
    number, frames = number_of(desk, "sale", 3), frames_of(stick)
    written(stick, [*frames[:number], changed(frames[number], forge), *frames[number + 1 :]])

    code, report = verdict(stick, key=own_key(desk))

    assert (code, report["first_bad"], faults(report)) == (1, number, {fault})


def test_a_record_that_was_left_out_is_missed_without_a_key(stick: Path) -> None:
    frames = frames_of(stick)
    written(stick, frames[:9] + frames[10:])

    code, report = verdict(stick)

    assert (code, report["first_bad"], faults(report)) == (1, 9, {"missing"})


def test_sums_that_do_not_follow_are_found_without_a_key(stick: Path, desk: Path) -> None:
    """Signed again, and put in the medium's place."""
    number = number_of(desk, "sale", 3)
    rewrite(desk, lambda drafts: tells(receipt=9)(drafts[number]), with_medium=True)
    shutil.copy(desk / "H" / "shadow.kj", stick)

    code, report = verdict(stick)

    assert (code, report["first_bad"], faults(report)) == (1, number, {"number"})


def test_two_records_of_one_number_are_two_histories(stick: Path, desk: Path) -> None:
    own, number = frames_of(stick), number_of(desk, "sale", 3)
    rewrite(desk, lambda drafts: tells(frikort_reached=True)(drafts[number]), with_medium=True)
    other = frames_of(desk / "H" / "shadow.kj")[number]
    written(stick, [*own[: number + 1], other, *own[number + 1 :]])

    assert "fork" in faults(verdict(stick, key=own_key(desk))[1])


@pytest.mark.parametrize("raw", [shadow.MAGIC, shadow.MAGIC + b"short"])
def test_what_is_cut_off_in_its_head_is_not_readable(tmp_path: Path, raw: bytes) -> None:
    path = tmp_path / "R0417H.kj"
    path.write_bytes(raw)

    assert verdict(path)[0] == 2
