"""A register and an honest region: what each side does when the other one is not where it was expected."""

import shutil
from pathlib import Path

import pytest

from sync.client import engine
from sync.client.engine import Push
from sync.client.errors import Offline
from sync.client.round import Round, fetch_configuration
from sync.client.status import Attention
from sync.client.transport import Sender, Transport, open_client
from sync.server import status
from sync.server.app import make_app
from sync.server.region import Region, open_region
from sync.wire import config, messages
from sync.wire.errors import WireError
from sync.wire.frame import Frame
from sync.wire.messages import Conflict, Pushed
from sync.wire.record import Part
from sync.wire.signature import Signer
from tests.sync.builders import (
    Clock,
    MemoryConfigurations,
    Till,
    enrol,
    part,
    publish,
    seal_many,
    signer,
    till_of,
    transport_to,
)


@pytest.fixture
def region(sqlite_region: Region) -> Region:
    return sqlite_region


@pytest.fixture
def till(region: Region, clock: Clock) -> Till:
    return enrol(region, clock)


def _clone(till: Till, clock: Clock) -> Till:
    """A second machine with the same disk: the same key, the same records, the same proofs."""
    twin = till_of(till.paper, till.journal.key, till.transport, clock)
    twin.journal.kept[:] = till.journal.kept
    twin.journal.records[:] = till.journal.records
    return twin


# ── Records ──────────────────────────────────────────────────────────────────────────────────────


def test_a_heartbeat_brings_a_newer_checkpoint(till: Till, region: Region) -> None:
    till.sync()
    publish(region)

    till.sync()

    sizes = [proof.checkpoint.size for proof in till.journal.kept]
    assert sizes == [1, 1, 2]


def test_a_clone_that_sells_as_well_is_found_at_its_first_contact(till: Till, region: Region, clock: Clock) -> None:
    till.journal.sell(2)
    till.sync()
    twin = _clone(till, clock)
    till.journal.sell(2)
    till.sync()
    twin.journal.sell(2, note="at the other desk")

    stand = twin.sync()

    assert (stand.unsent, stand.attention) == (2, Attention.FORK)
    assert [(one.next, one.quarantined, one.flags) for one in status.registers(region)] == [(4, 2, ("fork 2",))]


def test_a_clone_that_has_sold_more_is_found_too(till: Till, region: Region, clock: Clock) -> None:
    till.sync()
    twin = _clone(till, clock)
    till.journal.sell(1)
    till.sync()
    twin.journal.sell(3, note="at the other desk")

    stand = twin.sync()

    assert (stand.unsent, stand.attention) == (3, Attention.FORK)


def test_a_clone_that_only_listens_is_told_that_the_region_is_ahead(till: Till, clock: Clock) -> None:
    till.sync()
    twin = _clone(till, clock)
    till.journal.sell(1)
    till.sync()

    assert twin.sync().attention is Attention.REGION_AHEAD


def test_a_fork_under_the_newest_proof_is_found_by_sending_it_again(till: Till, clock: Clock) -> None:
    till.journal.sell(3)
    till.sync()
    twin = _clone(till, clock)
    twin.journal.records[2:] = seal_many(
        till.journal.enrolment, till.journal.key, 1, after=till.journal.records[:2], note="edited"
    )
    twin.journal.sell(1)

    assert twin.sync().attention is Attention.FORK


def test_a_till_without_any_proof_learns_everything_from_one_heartbeat(till: Till, clock: Clock) -> None:
    till.journal.sell(3)
    till.sync()
    forgetful = _clone(till, clock)
    forgetful.journal.kept.clear()

    stand = forgetful.sync()

    assert (stand.unsent, stand.attention) == (0, None)


def test_a_region_that_does_not_know_the_register_is_told(till: Till, clock: Clock) -> None:
    stranger = till_of(till.paper, signer(), till.transport, clock)

    stand = stranger.sync()

    assert (stand.reachable, stand.attention) == (True, Attention.REGISTER_REFUSED)


def test_a_region_that_is_not_there_is_away(till: Till, clock: Clock) -> None:
    line = Transport(open_client("http://127.0.0.1:9"))
    lonely = till_of(till.paper, till.journal.key, line, clock)
    lonely.journal.sell(4)

    stand = lonely.sync()
    line.close()

    assert (stand.unsent, stand.reachable, stand.attention, stand.last_contact) == (4, False, None, None)


def test_a_region_that_was_rolled_back_with_its_memory_is_found_by_any_register(
    till: Till, region: Region, tmp_path: Path, clock: Clock
) -> None:
    other = enrol(region, clock)
    remembered = [region.settings.folder / name for name in ("region.db", "signed-head.json")]
    for file in remembered:
        shutil.copy(file, tmp_path / file.name)
    for one in (other, till):
        one.journal.sell(1)
        one.sync()
    region.close()
    for file in remembered:
        shutil.copy(tmp_path / file.name, file)
    restored = open_region(region.settings.folder, clock=clock)
    again = till_of(till.paper, till.journal.key, transport_to(make_app(restored)), clock)
    again.journal.kept[:], again.journal.records[:] = till.journal.kept, till.journal.records

    heartbeat = again.sync()
    restored.close()

    assert heartbeat.attention is Attention.REGION_LIED
    assert again.journal.kept == till.journal.kept


def test_a_push_holds_no_more_bytes_than_the_region_takes(till: Till) -> None:
    born, key = till.journal.enrolment, till.journal.key
    till.journal.records = seal_many(born, key, 60, note="x" * 30_000)

    push = engine.next_push(till.journal)

    assert 20 < len(push.frames) < 60
    assert len(push.body) <= messages.MAX_BATCH_BYTES
    assert [till.sync().unsent for _ in range(2)] == [60 - len(push.frames), 0]


def test_a_region_that_does_not_answer_is_asked_for_less_and_then_for_more(till: Till, clock: Clock) -> None:
    till.journal.sell(900)
    line = Faltering(till.transport, failures=2)
    sync = Round(till.journal, till.configurations, till.paper.trust, line, till.journal.key, clock=clock.aware)

    for _ in range(4):
        sync()

    assert line.pushed == [500, 250, 125, 175]


class Faltering(Transport):
    """A line that fails a few times, and notes how many records each push held."""

    def __init__(self, line: Transport, failures: int) -> None:
        self._line = line
        self._failures = failures
        self.pushed: list[int] = []

    def push(self, sender: Sender, push: Push) -> Pushed | Conflict:
        self.pushed.append(len(push.frames))
        if len(self.pushed) <= self._failures:
            raise Offline
        return self._line.push(sender, push)

    def configuration(self, sender: Sender, first: int) -> list[Frame]:
        return self._line.configuration(sender, first)


# ── Configuration ────────────────────────────────────────────────────────────────────────────────


class Forger(Transport):
    """A line that hands out configuration of its own."""

    def __init__(self, line: Transport, frames: list[Frame]) -> None:
        self._line = line
        self._frames = frames

    def push(self, sender: Sender, push: Push) -> Pushed | Conflict:
        return self._line.push(sender, push)

    def configuration(self, _: Sender, first: int) -> list[Frame]:
        return self._frames[first:]


def _config(after: Frame | None, key: Signer, *parts: Part) -> Frame:
    chain = bytes(16) if after is None else after.record.header.chain
    return config.next_record("config", chain, None if after is None else after.record, parts, key)


def test_a_configuration_signed_by_another_key_is_refused(till: Till) -> None:
    forged = _config(None, signer(), part("region", {"price_ore": 1}))

    assert _refused(till, [forged], MemoryConfigurations())


def test_a_changed_price_is_refused(till: Till, region: Region) -> None:
    made = publish(region)
    region_part = made.part("region")
    assert region_part is not None
    changed = Part("region", region_part.salt, region_part.data.replace(b"20000", b"10000"))

    assert _refused(till, [Frame(made.record, (changed,))], MemoryConfigurations())


def test_an_older_configuration_does_not_come_back(till: Till, region: Region) -> None:
    first, second = publish(region), publish(region)
    kept = MemoryConfigurations([first, second])

    assert _refused(till, [first, second, first], kept)
    assert kept.frames == [first, second]


def test_a_configuration_that_skips_one_is_refused(till: Till, region: Region) -> None:
    made = [publish(region) for _ in range(3)]

    assert _refused(till, [made[0], made[2]], MemoryConfigurations())


def test_nothing_of_an_answer_is_kept_when_its_last_record_is_wrong(till: Till, region: Region) -> None:
    made = publish(region)
    received = MemoryConfigurations()

    assert _refused(till, [made, _config(made, signer(), part("region", {}))], received)
    assert received.frames == []


def test_a_forged_configuration_is_told_and_the_records_are_proved(till: Till, clock: Clock) -> None:
    line = Forger(till.transport, [_config(None, signer(), part("region", {}))])
    sync = Round(till.journal, till.configurations, till.paper.trust, line, till.journal.key, clock=clock.aware)
    till.journal.sell(1)

    stand = sync()

    assert (stand.unsent, stand.attention) == (0, Attention.CONFIGURATION_REFUSED)
    assert till.configurations.frames == []


def _refused(till: Till, frames: list[Frame], kept: MemoryConfigurations) -> bool:
    line = Forger(till.transport, frames)
    with pytest.raises(WireError):
        fetch_configuration(kept, till.paper.trust, line, till.sender, len(frames) - 1)
    return True
