"""T14: money a conto is never overdrawn by honest tills, offline or not; no right is lost or made (RECORDS 2.10)."""

import random
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field

import pytest
from sqlalchemy import Connection

from sync.client import accounts as asking
from sync.client.errors import Rejected
from sync.server import accounts as served
from sync.server import enrolment, storage, succession
from sync.server.__main__ import main
from sync.server.accounts import Accounts
from sync.server.errors import Refused
from sync.server.region import Region
from sync.server.storage import Chain
from sync.wire import record as rec
from sync.wire.accounts import Ask, Stands, account
from sync.wire.canonical import Json, to_text
from sync.wire.errors import Malformed
from sync.wire.frame import Frame
from sync.wire.record import Header
from tests.sync.builders import Clock, Till, enrol, new_code, part, signer
from tests.sync.succession import succeed

PATIENT = "191212121212"
ACCOUNT = account("ekbacken", "H", "personnummer", PATIENT)


def write(till: Till, kind: str, patient: str = PATIENT, **fields: Json) -> None:
    """One more record in the till's journal, not yet sent."""
    journal = till.journal
    person = {"id": {"kind": "personnummer", "value": patient, "oid": "1.2"}, "name": "Test"}
    parts = (part("a", fields), part("p", person))
    before = journal.records[-1].record.hash if journal.records else journal.enrolment.hash
    named = {one.name: one.commitment for one in parts}
    header = Header(journal.enrolment.chain, journal.count(), before, kind, named)
    journal.records.append(Frame(rec.seal(header, journal.key), parts))


def spend(till: Till, amount_ore: int, patient: str = PATIENT) -> None:
    payments = [{"by": "cash", "amount_ore": 5}, {"by": "on_account", "amount_ore": amount_ore}]
    write(till, "sale", patient, payments=payments)


def desks(region: Region, clock: Clock, count: int = 3) -> list[Till]:
    made = []
    for number in range(count):
        code = enrolment.shown(enrolment.order(region, "ekbacken", f"R{number}", ("H",)))
        made.append(enrol(region, clock, code=code))
    return made


def grant(till: Till, amount_ore: int) -> Stands:
    return asking.ask_grant(till.transport, till.sender, asking.new_ask(ACCOUNT, amount_ore))


def give_back(till: Till, amount_ore: int) -> Stands:
    return asking.give_back(till.transport, till.sender, asking.new_ask(ACCOUNT, amount_ore))


# ── One thing at a time ──────────────────────────────────────────────────────────────────────────


def test_a_deposit_is_spent_at_another_desk_once_it_was_given_back(region: Region, clock: Clock) -> None:
    one, other, _ = desks(region, clock)
    write(one, "deposit", amount_ore=10_000)
    one.sync()
    with pytest.raises(Rejected, match="too-little"):
        grant(other, 1)

    given, taken = give_back(one, 6_000), grant(other, 4_000)

    assert (given.free_ore, given.held_ore) == (6_000, 4_000)
    assert (taken.moved_ore, taken.free_ore, taken.held_ore) == (4_000, 2_000, 4_000)
    spend(other, 3_000)
    other.sync()
    stands = grant(other, 0)
    assert (stands.free_ore, stands.held_ore) == (2_000, 1_000)


@pytest.mark.parametrize(
    ("kind", "fields", "held_ore"),
    [
        ("repayment", {"amount_ore": 4_000}, 6_000),
        ("sale", {"payments": [{"by": "on_account", "amount_ore": 4_000}]}, 6_000),
        ("sale", {"payments": [{"by": "cash", "amount_ore": 4_000}]}, 10_000),
        ("refund", {"payments": [{"by": "on_account", "amount_ore": 4_000}]}, 14_000),
        ("void", {"payments": [{"by": "on_account", "amount_ore": 4_000}]}, 14_000),
        ("park", {"amount_ore": 4_000}, 10_000),
        ("sale", {"payments": "none"}, 10_000),
    ],
)
def test_what_a_till_holds_is_what_its_records_say(
    kind: str, fields: dict[str, Json], held_ore: int, sqlite_region: Region, clock: Clock
) -> None:
    (till,) = desks(sqlite_region, clock, 1)
    write(till, "deposit", amount_ore=10_000)
    write(till, kind, **fields)
    write(till, "deposit", "another patient", amount_ore=77)
    till.sync()

    assert grant(till, 0).held_ore == held_ore


def test_the_same_request_again_moves_nothing_more(region: Region, clock: Clock) -> None:
    (till,) = desks(region, clock, 1)
    write(till, "deposit", amount_ore=10_000)
    till.sync()
    asked = asking.new_ask(ACCOUNT, 4_000)

    answers = [asking.give_back(till.transport, till.sender, asked) for _ in range(3)]

    assert {(one.free_ore, one.held_ore) for one in answers} == {(4_000, 6_000)}
    with pytest.raises(Rejected, match="id-used"):
        asking.ask_grant(till.transport, till.sender, asked)
    with pytest.raises(Rejected, match="id-used"):
        asking.give_back(till.transport, till.sender, Ask(ACCOUNT, 3_999, asked.id))


def test_what_the_region_has_not_seen_cannot_be_given_back(sqlite_region: Region, clock: Clock) -> None:
    (till,) = desks(sqlite_region, clock, 1)
    write(till, "deposit", amount_ore=10_000)

    with pytest.raises(Rejected, match="too-little"):
        give_back(till, 1)


def test_a_clinic_that_knows_the_name_of_anothers_account_gets_nothing(sqlite_region: Region, clock: Clock) -> None:
    (till,) = desks(sqlite_region, clock, 1)
    write(till, "deposit", amount_ore=10_000)
    till.sync()
    give_back(till, 10_000)
    code = enrolment.shown(enrolment.order(sqlite_region, "tallbacken", "R0900", ("H",)))
    stranger = enrol(sqlite_region, clock, code=code)

    with pytest.raises(Rejected, match="too-little"):
        grant(stranger, 1)
    assert grant(stranger, 0).free_ore == 0


def test_desks_that_ask_at_the_same_time_get_no_more_than_there_is(region: Region, clock: Clock) -> None:
    tills = desks(region, clock, 4)
    write(tills[0], "deposit", amount_ore=10_000)
    tills[0].sync()
    give_back(tills[0], 10_000)

    def ask(till: Till) -> int:
        with suppress(Rejected):
            return grant(till, 4_000).moved_ore
        return 0

    with ThreadPoolExecutor(4) as pool:
        got = list(pool.map(ask, tills))

    assert sorted(got) == [0, 0, 4_000, 4_000]


def test_rights_of_a_lost_machine_stay_with_it_until_somebody_decides(sqlite_region: Region, clock: Clock) -> None:
    lost, other, _ = desks(sqlite_region, clock)
    write(lost, "deposit", amount_ore=10_000)
    lost.sync()
    clock.pass_s(10_000_000)
    made, chain = Accounts(), lost.sender.chain
    with pytest.raises(Refused, match="not-closed"):
        made.take_back(sqlite_region, chain)
    succession.lose(sqlite_region, chain)
    with pytest.raises(Rejected, match="too-little"):
        grant(other, 1)

    freed = [made.take_back(sqlite_region, chain) for _ in range(2)]

    assert freed == [{ACCOUNT: 10_000}, {}]
    assert grant(other, 10_000).held_ore == 10_000
    with pytest.raises(Rejected, match="closed"):
        grant(lost, 1)


def test_a_supervisor_frees_them_on_the_command_line(
    sqlite_region: Region, clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    (lost,) = desks(sqlite_region, clock, 1)
    write(lost, "deposit", amount_ore=10_000)
    lost.sync()
    command = ["register", "take-back", str(sqlite_region.settings.folder), "--chain", to_text(lost.sender.chain)]

    refused = main(command)
    succession.lose(sqlite_region, lost.sender.chain)
    freed = main(command)

    said = capsys.readouterr()
    assert (refused, freed) == (2, 0)
    assert ("not-closed" in said.err, said.out) == (True, "freed: 10000 öre in 1 accounts\n")


def succeeded(till: Till, region: Region, clock: Clock, *, by_code: bool) -> Till:
    """The till's successor: a new machine with a code, or the same machine that asked for it after a fork."""
    if by_code:
        succession.lose(region, till.sender.chain)
        return enrol(region, clock, code=new_code(region, parents=[till.sender.chain]))
    return succeed(region, till, clock, signer())


def test_who_succeeds_a_lost_machine_holds_nothing_of_its(sqlite_region: Region, clock: Clock) -> None:
    (lost,) = desks(sqlite_region, clock, 1)
    write(lost, "deposit", amount_ore=10_000)
    lost.sync()

    after = succeeded(lost, sqlite_region, clock, by_code=True)

    assert grant(after, 0).held_ore == 0
    with pytest.raises(Rejected, match="too-little"):
        give_back(after, 1)
    assert Accounts().take_back(sqlite_region, lost.sender.chain) == {ACCOUNT: 10_000}
    assert grant(after, 10_000).held_ore == 10_000


def test_who_goes_on_after_a_fork_holds_what_the_machine_held(sqlite_region: Region, clock: Clock) -> None:
    (till,) = desks(sqlite_region, clock, 1)
    write(till, "deposit", amount_ore=10_000)
    till.sync()
    give_back(till, 4_000)
    asked = asking.new_ask(ACCOUNT, 1_000)
    asking.ask_grant(till.transport, till.sender, asked)

    after = succeeded(till, sqlite_region, clock, by_code=False)

    again = asking.ask_grant(after.transport, after.sender, asked)
    assert (again.held_ore, again.free_ore) == (7_000, 3_000)


def test_a_copy_that_spends_what_it_gave_back_is_seen_below_zero(sqlite_region: Region, clock: Clock) -> None:
    (till,) = desks(sqlite_region, clock, 1)
    write(till, "deposit", amount_ore=10_000)
    till.sync()
    give_back(till, 10_000)
    spend(till, 2_500)
    till.sync()

    assert grant(till, 0).held_ore == -2_500


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{}",
        Ask(ACCOUNT, 1, bytes(16)).encode().replace(b'"amount_ore":1', b'"amount_ore":-1'),
        Ask(ACCOUNT, 1, bytes(16)).encode().replace(b'"amount_ore":1', b'"amount_ore":true'),
        Ask(ACCOUNT[:31], 1, bytes(16)).encode(),
    ],
)
def test_a_request_that_is_none_is_malformed(raw: bytes) -> None:
    with pytest.raises(Malformed):
        Ask.read(raw)


def test_an_answer_to_another_request_is_not_believed() -> None:
    class Other:
        def ask_grant(self, *_: object) -> Stands:
            return Stands(ACCOUNT, bytes(16), 99, 0, 99)

        give_back = ask_grant

    with pytest.raises(Malformed):
        asking.ask_grant(Other(), None, asking.new_ask(ACCOUNT, 99))  # type: ignore[arg-type]


# ── T14: whole histories, and mutants that must be caught ────────────────────────────────────────


@dataclass
class History:
    """A patient's money at three desks that are often offline: what each desk believes, and what is true."""

    region: Region
    tills: list[Till]
    accounts: Accounts
    patient: str
    held: list[int] = field(default_factory=lambda: [0, 0, 0])
    money: int = 0
    wrong: list[str] = field(default_factory=list)

    @property
    def account(self) -> bytes:
        return account("ekbacken", "H", "personnummer", self.patient)

    def step(self, dice: random.Random) -> None:
        """One act at one desk."""
        desk = dice.randrange(3)
        act = dice.choice(["deposit", "spend", "spend", "spend", "sync", "grant", "grant", "release", "release"])
        amount = dice.randrange(1, max(self.held[desk], 1000) // 100 + 1) * 100
        if act == "deposit":
            write(self.tills[desk], "deposit", self.patient, amount_ore=amount)
            self.held[desk] += amount
            self.money += amount
        elif act == "spend" and self.held[desk] >= amount:
            spend(self.tills[desk], amount, self.patient)
            self.held[desk] -= amount
            self.money -= amount
        elif act == "sync":
            self.tills[desk].sync()
        elif act in ("grant", "release") and (act == "grant" or self.held[desk] >= amount):
            self._ask(desk, act, amount, dice)
        if self.money < 0:
            self.wrong.append("overdrawn")

    def _ask(self, desk: int, act: str, amount: int, dice: random.Random) -> None:
        ask = self.accounts.grant if act == "grant" else self.accounts.release
        asked = Ask(self.account, amount, secrets.token_bytes(16)).encode()
        with storage.reading(self.region.engine) as db:
            chain = storage.find_chain(db, self.tills[desk].sender.chain)
        assert chain is not None
        with suppress(Refused):
            for _ in range(dice.choice([1, 1, 2, 3])):  # The answer was lost, and it is asked again.
                ask(self.region, chain, asked)
            self.held[desk] += amount if act == "grant" else -amount

    def end(self) -> None:
        """When all are online again, what the region says is what is true."""
        for till in self.tills:
            till.sync()
        stands = [self.accounts.stands(self.region, one.sender.chain, self.account) for one in self.tills]
        if [held for _, held in stands] != self.held:
            self.wrong.append("held")
        if stands[0][0] < 0 or stands[0][0] + sum(self.held) != self.money:
            self.wrong.append("not conserved")


class Expiring(Accounts):
    """Takes back what others were granted when somebody asks, as a clock would."""

    def grant(self, region: Region, asker: Chain, raw: bytes) -> Stands:
        asked = Ask.read(raw)
        with storage.writing(region.engine) as db:
            for one in storage.all_chains(db):
                granted = served._granted(db, asked.account, [one.chain])
                if granted > 0 and one.chain != asker.chain:
                    served._add(db, Ask(asked.account, granted, secrets.token_bytes(16)), one, served.RELEASE, 0)
        return super().grant(region, asker, raw)


class LastSeen(Accounts):
    """Lets a till have what the whole account held when it was last seen."""

    def _check(self, db: Connection, asker: Chain, holder: list[Chain], asked: Ask, kind: str) -> None:
        everything = sum(self._held(db, [one], asked.account) for one in storage.all_chains(db))
        if asked.amount_ore > everything + served._free(db, asked.account, asker):
            raise Refused(409, "too-little")


class Forgetful(Accounts):
    """Takes a request that comes again for a new one."""

    def _move(self, region: Region, asker: Chain, asked: Ask, kind: str) -> Stands:
        return super()._move(region, asker, Ask(asked.account, asked.amount_ore, secrets.token_bytes(16)), kind)


class Generous(Accounts):
    """Counts what a till gives back twice."""

    def release(self, region: Region, asker: Chain, raw: bytes) -> Stands:
        asked = Ask.read(raw)
        answer = super().release(region, asker, raw)
        with storage.writing(region.engine) as db:
            served._add(db, Ask(asked.account, asked.amount_ore, secrets.token_bytes(16)), asker, served.RELEASE, 0)
        return answer


def wrong_in(make: Callable[[], Accounts], region: Region, clock: Clock, histories: int) -> list[str]:
    """What goes wrong in so many histories of 40 acts, each with a patient of its own."""
    tills, accounts = desks(region, clock), make()
    found: list[str] = []
    for seed in range(histories):
        dice = random.Random(seed)
        history = History(region, tills, accounts, f"patient {seed}")
        for _ in range(40):
            history.step(dice)
        history.end()
        found += history.wrong
    return found


def test_no_history_overdraws_an_account_or_loses_a_right(sqlite_region: Region, clock: Clock) -> None:
    assert wrong_in(Accounts, sqlite_region, clock, 25) == []


@pytest.mark.parametrize(
    ("mutant", "seen"),
    [(Expiring, "not conserved"), (LastSeen, "overdrawn"), (Forgetful, "held"), (Generous, "not conserved")],
)
def test_a_mutant_is_caught(mutant: type[Accounts], seen: str, sqlite_region: Region, clock: Clock) -> None:
    assert seen in wrong_in(mutant, sqlite_region, clock, 12)
