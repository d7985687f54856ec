"""A machine is gone: its chain ends where the region knows it to be, and what comes later is kept and marked late."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kassaapp.journal.sealing import Sealer
from kassaapp.journal.shadow import Shadow, StoredPart, StoredRecord
from sync.client import enrol as first_meeting
from sync.client.engine import Push
from sync.client.enrol import parent_records
from sync.client.transport import Transport, open_client
from sync.server import succession
from sync.server.__main__ import main
from sync.server.audit import audit
from sync.server.enrolment import order
from sync.server.errors import Refused
from sync.server.region import Region, open_region
from sync.wire.canonical import to_text
from sync.wire.demo_keys import demo_keys
from sync.wire.entry import GAP, Closing
from sync.wire.messages import Pushed
from sync.wire.record import CHAIN_BYTES
from tests.sync.builders import Clock, Till, enrol, signer, till_of
from tests.sync.processes import serving
from tests.sync.succession import RECOVERY_KEY, SEALING_KEY, closings, status_of, succeed

DEMO = Path(__file__).parents[3] / "resources" / "demo" / "demo.toml"


def test_a_lost_chain_ends_in_the_ledger_where_the_region_knows_it_to_be(region: Region, clock: Clock) -> None:
    till = enrol(region, clock)
    records = till.journal.sell(3)
    till.sync()
    clock.pass_s(60)

    ended = succession.lose(region, till.sender.chain)

    assert ended == Closing(clock(), till.sender.chain, 3, records[-1].record.hash, "lost")
    assert closings(region) == [ended]
    assert (status_of(region, till).closed, status_of(region, till).flags) == (clock.aware(), ("lost 3",))
    assert audit(region.settings.folder).findings == []


def test_a_chain_without_a_record_ends_at_its_certificate(region: Region, clock: Clock) -> None:
    till = enrol(region, clock)

    ended = succession.lose(region, till.sender.chain)

    assert (ended.next, ended.head) == (0, till.journal.enrolment.hash)
    assert audit(region.settings.folder).findings == []


def test_a_chain_ends_once(region: Region, clock: Clock) -> None:
    till = enrol(region, clock)
    succession.lose(region, till.sender.chain)

    with pytest.raises(Refused, match="409 closed"):
        succession.lose(region, till.sender.chain)

    assert len(closings(region)) == 1


def test_a_chain_that_is_not_there_does_not_end(sqlite_region: Region) -> None:
    with pytest.raises(Refused, match="404 unknown-chain"):
        succession.lose(sqlite_region, bytes(CHAIN_BYTES))


def test_records_that_come_after_the_end_are_stored_proved_and_marked_late(region: Region, clock: Clock) -> None:
    till = enrol(region, clock)
    till.journal.sell(3)
    till.sync()
    succession.lose(region, till.sender.chain)
    late = till.journal.sell(2)

    stand = till.sync()

    assert (stand.unsent, stand.proved_seq, stand.attention) == (0, 4, None)
    assert till.transport.records(till.sender, 3) == late
    assert status_of(region, till).flags == ("late 3", "lost 3")
    assert audit(region.settings.folder).findings == []


def test_a_chain_is_marked_late_once_at_the_first_record_that_was(region: Region, clock: Clock) -> None:
    till = enrol(region, clock)
    succession.lose(region, till.sender.chain)

    for _ in range(3):
        till.journal.sell(2)
        till.sync()

    assert status_of(region, till).flags == ("late 0", "lost 0")


def test_a_heartbeat_of_a_lost_machine_is_answered_and_is_not_late(region: Region, clock: Clock) -> None:
    till = enrol(region, clock)
    till.journal.sell(1)
    till.sync()
    succession.lose(region, till.sender.chain)

    answer = till.transport.push(till.sender, Push(1, (), 0))

    assert isinstance(answer, Pushed)
    assert answer.next == 1
    assert status_of(region, till).flags == ("lost 1",)


def test_a_successor_that_is_lost_before_it_sent_anything_does_not_take_the_numbers_with_it(
    region: Region, clock: Clock
) -> None:
    old = enrol(region, clock)
    records = old.journal.sell(3)
    old.sync()
    silent = succeed(region, old, clock, signer(), why=GAP)
    another = enrol(region, clock, code=_code_after(region, silent))
    for till in (silent, another):
        succession.lose(region, till.sender.chain)

    new = enrol(region, clock, code=_code_after(region, another))

    assert parent_records(new.journal.enrolment, new.sender, new.transport) == records
    assert status_of(region, new).parent == to_text(old.sender.chain)
    assert (new.journal.enrolment.register, another.journal.enrolment.register) == ("R0417D", "R0417C")
    assert audit(region.settings.folder).findings == []


def test_a_machine_of_which_nothing_ever_came_is_succeeded_itself_or_by_its_first(region: Region, clock: Clock) -> None:
    old = enrol(region, clock)
    silent = succeed(region, old, clock, signer())

    new = enrol(region, clock, code=_code_after(region, silent))

    assert parent_records(new.journal.enrolment, new.sender, new.transport) == []
    assert new.journal.enrolment.parent == old.journal.enrolment.hash
    assert audit(region.settings.folder).findings == []


# ── As an operator and a clinic do it ────────────────────────────────────────────────────────────


@pytest.fixture
def folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """A region with a configuration, made by its commands."""
    made = tmp_path / "region"
    main(["init", str(made), "--demo"])
    main(["publish", str(made), str(DEMO)])
    capsys.readouterr()
    return made


def test_a_lost_machine_from_the_alarm_to_the_found_disk(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    clock, disk = Clock(int(datetime.now(UTC).timestamp() * 1000)), tmp_path / "stick" / "R0417H.kj"
    with serving(folder) as url:
        code = _say(capsys, folder, "new", "--clinic", "ekbacken", "--name", "R0417", "--till", "H")
        old = _enrolled(url, code, clock)
        old.journal.sell(5)
        old.sync()
        old.journal.sell(3)  # Never sent: only the stick has these.
        _write_second_medium(disk, old)

        lost = _say(capsys, folder, "lost", "--name", "R0417", "--till", "H")
        chain = to_text(old.sender.chain)
        new = _enrolled(url, _say(capsys, folder, "new", "--parent", chain), clock)
        learned = parent_records(new.journal.enrolment, new.sender, new.transport)
        new.journal.sell(2)
        stand = new.sync()
        found = main(["late", str(folder), str(disk), "--recovery-key", str(folder / "keys" / "recovery.key")])
        said = capsys.readouterr().out.splitlines()
        for till in (old, new):
            till.transport.close()

    assert lost == f"{chain}  lost; the region has 5 records"
    assert new.journal.enrolment.register == "R0417B"
    assert learned == old.journal.records[:5]
    assert (stand.unsent, stand.attention) == (0, None)
    assert (found, said) == (
        0,
        [f"R0417-H  {chain}", "brought in:    3 (records 5 to 7)", "already there: 5", "in quarantine: 0"],
    )
    assert _status(folder, capsys) == {
        "R0417": (8, ["late 5", "lost 5"], True),
        "R0417B": (2, [], False),
    }
    assert main(["audit", str(folder)]) == 0


def test_a_provisional_successor_is_confirmed_by_name(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    clock = Clock(int(datetime.now(UTC).timestamp() * 1000))
    region = open_region(folder, clock=clock)
    new = succeed(region, enrol(region, clock), clock, signer())
    region.close()

    said = _say(capsys, folder, "confirm", "--name", "R0417B", "--till", "H", "--clinic", "ekbacken")

    assert said == f"{to_text(new.sender.chain)}  confirmed"
    assert _status(folder, capsys)["R0417B"] == (0, ["confirmed 0"], False)


def test_a_name_that_two_have_is_not_enough(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    clock = Clock(int(datetime.now(UTC).timestamp() * 1000))
    region = open_region(folder, clock=clock)
    tills = [enrol(region, clock) for _ in range(2)]
    region.close()

    by_name = main(["register", "lost", str(folder), "--name", "R0417", "--till", "H"])
    by_another = main(["register", "lost", str(folder), "--name", "R0417", "--till", "E"])
    by_nothing = main(["register", "lost", str(folder), "--name", "R0417"])
    said = capsys.readouterr().err
    by_chain = main(["register", "lost", str(folder), "--chain", to_text(tills[1].sender.chain)])

    assert (by_name, by_another, by_nothing, by_chain) == (2, 2, 2, 0)
    assert "409 several-chains" in said
    assert "404 unknown-chain" in said
    assert "--chain, or --name and --till" in said


def test_a_register_that_succeeds_none_needs_a_name(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["register", "new", str(folder), "--clinic", "ekbacken", "--till", "H"]) == 2

    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)


def _code_after(region: Region, till: Till) -> str:
    """A code for the machine that goes on after this one."""
    return order(region, None, None, [], [till.sender.chain], unheld=True)


def _say(capsys: pytest.CaptureFixture[str], folder: Path, command: str, *arguments: str) -> str:
    capsys.readouterr()
    assert main(["register", command, str(folder), *arguments]) == 0
    return capsys.readouterr().out.strip()


def _enrolled(url: str, code: str, clock: Clock) -> Till:
    line, key = Transport(open_client(url)), signer()
    return till_of(first_meeting.enrol(code, "H", key, demo_keys().root.public_key, line), key, line, clock)


def _write_second_medium(path: Path, till: Till) -> None:
    """As the till writes it."""
    sealer = Sealer(SEALING_KEY, bytes(RECOVERY_KEY.public_key), lambda count: bytes(range(count)))
    path.parent.mkdir()
    medium = Shadow(path, till.sender.chain)
    for one in till.journal.records:
        accounting, person = one.parts
        parts = (
            StoredPart("a", sealed=False, body=accounting.salt + accounting.data),
            StoredPart("p", sealed=True, body=sealer.seal(person)),
        )
        medium.append([StoredRecord(one.record.env, parts)])
    medium.close()


def _status(folder: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, tuple[int, list[str], bool]]:
    capsys.readouterr()
    main(["status", str(folder), "--json"])
    registers = json.loads(capsys.readouterr().out)["registers"]
    return {one["register"]: (one["next"], one["flags"], one["closed"] is not None) for one in registers}
