"""Whether all visits of a clinic on a day are here, and that who carries the proof away can prove it without us."""

import base64
import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from kassaapp.verify import answer as verify_answer
from kassaapp.verify.given import Given
from kassaapp.verify.report import Report
from sync.server import clinic_day, status, storage, succession, watch
from sync.server.__main__ import main
from sync.server.clinic_day import ClinicDay
from sync.server.memory import FILE, Memory
from sync.server.region import Region
from sync.wire import canonical, checkpoint, config, entry, tree
from sync.wire import record as rec
from sync.wire.config import read_trust
from sync.wire.record import SALT_BYTES, Part
from tests import builders
from tests.sync.builders import Clock, tamper
from tests.sync.server.days import Till, a_till, changed

DAY = date(2026, 11, 23)
YEARS_AGO = -728
NEXT_MORNING = builders.MORNING + timedelta(days=1)


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Memory]:
    made = Memory(tmp_path / FILE)
    yield made
    made.close()


@pytest.fixture
def till(region: Region, clock: Clock) -> Till:
    return a_till(region, clock)


def asked(region: Region, memory: Memory, day: date = DAY) -> ClinicDay:
    """The answer for Ekbacken, after a look."""
    watch.look(region, memory)
    return clinic_day.answer(region, memory, "ekbacken", day)


def test_a_day_that_was_closed_and_is_over_is_all_here(till: Till, region: Region, memory: Memory) -> None:
    till.whole_day((1, 2, 1))
    till.is_heard(NEXT_MORNING)

    answer = asked(region, memory)

    [one] = answer.tills[0].sessions
    assert (answer.missing, one.visits, one.receipts, one.z, one.wrong) == ((), 3, (1, 3), 1, ())


def test_an_answer_proves_itself_offline(till: Till, region: Region, memory: Memory) -> None:
    till.whole_day((1, 2))
    till.is_heard(NEXT_MORNING)
    with storage.reading(region.engine) as db:
        trust = read_trust(
            storage.config_frames(db, config.TRUST_KIND, 0, 9, [config.KEYS_PART]), region.settings.root_key
        )

    carried = json.loads(json.dumps(asked(region, memory).as_json()))["tills"][0]["sessions"][0]["proof"]

    text, _, note = carried["tlog_proof"].partition("\n\n")
    lines = text.split("\n")
    head = checkpoint.read(note, trust.origin, trust.ledger_key)
    leaf = canonical.from_text(carried["answer"]["entry"])
    hashes = [base64.b64decode(line) for line in lines[2:]]
    tree.verify_inclusion(leaf, int(lines[1].removeprefix("index ")), head.size, hashes, head.root)
    closing = rec.read(canonical.from_text(carried["env"]))
    a = Part("a", canonical.from_text(carried["a"]["salt"], SALT_BYTES), carried["a"]["content"].encode())
    rec.check_parts(closing, (a,))
    assert lines[0] == "c2sp.org/tlog-proof@v1"
    assert entry.named_record(leaf) == closing.hash
    assert a.content()["figures"]["receipts"] == 2


def test_the_tills_own_verifier_takes_the_answer(till: Till, region: Region, memory: Memory, tmp_path: Path) -> None:
    till.whole_day()
    till.is_heard(NEXT_MORNING)
    with storage.reading(region.engine) as db:
        frames = storage.config_frames(db, config.TRUST_KIND, 0, 9, [config.KEYS_PART])
    given = Given(root_key=region.settings.root_key, trust=tuple(frames))

    [path, _] = status.save_proofs(asked(region, memory), tmp_path / "proofs")
    report: Report = verify_answer.audit(path, verify_answer.read(path.read_bytes()), given, None)

    assert not report.findings
    assert "Det är signerat av regionen" in " ".join(report.said)


def test_a_session_that_is_open_is_missing(till: Till, region: Region, memory: Memory) -> None:
    till.opens()
    till.sells(1)
    till.sends()
    till.is_heard(NEXT_MORNING)

    assert asked(region, memory).missing == ("R0417-H: session 1 is not closed",)


def test_a_till_that_was_not_heard_from_after_the_day_may_have_more(till: Till, region: Region, memory: Memory) -> None:
    till.whole_day()

    [missing] = asked(region, memory).missing

    assert "was last heard from 2026-11-23T17:05:00+01:00, before the day was over" in missing


def test_a_till_that_was_closed_all_day_needs_only_be_heard_from(till: Till, region: Region, memory: Memory) -> None:
    till.whole_day()
    till.is_heard(NEXT_MORNING + timedelta(days=7))

    answer = asked(region, memory, DAY + timedelta(days=3))

    assert (answer.missing, answer.tills[0].sessions) == ((), ())
    assert answer.tills[0].head is not None


def test_the_other_till_of_the_desk_is_asked_for_too(till: Till, clock: Clock, region: Region, memory: Memory) -> None:
    a_till(region, clock, "E")
    till.whole_day()
    till.is_heard(NEXT_MORNING)

    answer = asked(region, memory)

    assert [what.partition(":")[0] for what in answer.missing] == ["R0417-E"]


def test_a_z_that_does_not_agree_makes_the_day_incomplete(till: Till, region: Region, memory: Memory) -> None:
    till.opens()
    till.sells(1)
    till.closes()
    close = till.frames.pop()
    figures = close.parts[0].content()["figures"]
    till.write("session-close", changed(close, figures=figures | {"sales_ore": 1}))
    till.sends()
    till.is_heard(NEXT_MORNING)

    assert asked(region, memory).missing == (
        "R0417-H: session 1: record 4: Z 1: sales_ore is not the sum of the records",
    )


def test_records_that_are_in_no_copy_make_their_day_incomplete_and_no_other(
    till: Till, region: Region, memory: Memory
) -> None:
    till.whole_day()
    till.write("gap", {"a": {"at": "2026-11-24T08:00:00+01:00", "first": 3, "count": 4}})
    till.whole_day(days=2)
    till.is_heard(NEXT_MORNING + timedelta(days=3))

    assert [bool(asked(region, memory, DAY + timedelta(days=n)).missing) for n in (0, 1, 2)] == [True, True, False]


def test_a_till_that_was_lost_may_have_sold_more_that_day(till: Till, region: Region, memory: Memory) -> None:
    till.whole_day()
    succession.lose(region, till.chain)

    assert "it ended before record" in asked(region, memory).missing[0]


def test_a_record_that_was_changed_in_the_database_is_found(till: Till, region: Region, memory: Memory) -> None:
    till.whole_day()
    till.is_heard(NEXT_MORNING)
    asked(region, memory)
    raw = b'{"at":"2026-11-23T08:00:00+01:00"}'
    tamper(region, "part", "UPDATE part SET data = :data WHERE seq = 4 AND name = 'a'", data=raw)

    assert any("BadCommitment" in what for what in asked(region, memory).missing)


@pytest.mark.parametrize("at", [7, "yesterday", "2026-11-24T08:00:00", None])
def test_a_newest_record_that_tells_no_time_does_not_prove_that_the_day_is_over(
    at: object, till: Till, region: Region, memory: Memory
) -> None:
    till.whole_day()
    till.write("start", {"a": {"at": at, "version": "1"}})
    till.sends()

    assert "before the day was over" in asked(region, memory).missing[-1]


def test_numbers_that_are_none_are_not_shown(till: Till, region: Region, memory: Memory) -> None:
    till.opens()
    till.sells(1)
    till.write("sale", changed(till.frames.pop(), receipt=builders.ADULT))
    till.sends()
    till.is_heard(NEXT_MORNING)

    answer = asked(region, memory)

    assert answer.tills[0].sessions[0].receipts is None
    assert builders.ADULT not in json.dumps(answer.as_json())
    assert any("a field that is not as the format says: receipt" in what for what in answer.missing)


def test_a_day_before_the_clinic_had_a_till_is_not_all_here(till: Till, region: Region, memory: Memory) -> None:
    till.whole_day()

    assert asked(region, memory, date(2026, 1, 7)).missing == ("no till of that clinic was enrolled by then",)


def test_the_command_says_it_in_words_and_by_its_exit(
    region: Region, clock: Clock, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    till = a_till(region, clock, days=YEARS_AGO - 1)  # The command goes by the machine's clock.
    till.whole_day((), days=YEARS_AGO)
    question = ["status", str(region.settings.folder), "--database", region.settings.database]
    question += ["--clinic", "ekbacken", "--day", "2024-11-25"]

    before, said = main(question), capsys.readouterr().out
    till.is_heard(NEXT_MORNING + timedelta(days=YEARS_AGO))
    after, says = main([*question, "--proofs", str(tmp_path / "proofs")]), capsys.readouterr()

    assert (before, after) == (1, 0)
    assert said.endswith("ekbacken, 2024-11-25: not all here\n")
    assert "session 1: 0 visits, no receipts, closed, Z 1 in record 3, entry" in says.out
    assert says.out.endswith("ekbacken, 2024-11-25: all here\n")
    assert sorted(path.suffix for path in (tmp_path / "proofs").iterdir()) == [".json", ".tlog-proof"]


def test_the_whole_status_lists_what_was_found(till: Till, region: Region, capsys: pytest.CaptureFixture[str]) -> None:
    till.cfg = bytes(32)
    till.whole_day((1,))
    folder = [str(region.settings.folder), "--database", region.settings.database]

    assert main(["status", *folder]) == 0
    text = capsys.readouterr().out
    main(["status", *folder, "--json"])

    assert "FOUND ekbacken  R0417-H  2026-11-23  record 3  configuration: names" in text
    assert json.loads(capsys.readouterr().out)["findings"][0]["word"] == "configuration"


def test_a_clinic_without_a_day_is_no_question(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status", str(tmp_path), "--clinic", "ekbacken"]) == 2

    assert "say both" in capsys.readouterr().err
