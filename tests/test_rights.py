"""T14 at the till: money a conto that was paid in at one desk is spent at another, never twice, whatever gets lost.

Two real tills, a real region on the loopback, and a cable that can be pulled out.
"""

import random
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from kassaapp import first_start
from kassaapp.app import Desk
from kassaapp.domain.errors import BadAmount, BalanceTooLow, NotSignedIn
from kassaapp.domain.events import Event, ReleaseTaken, RightsAsked, RightsGranted, RightsReleased
from kassaapp.domain.fees import Wish
from kassaapp.domain.tender import Offer
from kassaapp.domain.visit import Tender
from kassaapp.register import Register
from kassaapp.rights import Rights
from kassaapp.verify.audit import audit
from sync.client.errors import Offline, Rejected
from sync.client.transport import Sender
from sync.server import enrolment
from sync.server.accounts import Accounts
from sync.wire.accounts import Ask, Stands, account
from sync.wire.errors import Malformed
from tests.builders import CASH, a_patient
from tests.desks import a_clock
from tests.regions import PluggedRegion
from tests.rules.counter import events_of

PATIENT = a_patient()
ON_ACCOUNT = Offer(Tender.ON_ACCOUNT)
VISIT_ORE = 20_000


@pytest.fixture
def region(tmp_path: Path) -> Iterator[PluggedRegion]:
    """A real region, its cable out."""
    plugged = PluggedRegion(tmp_path / "region")
    yield plugged
    plugged.region.close()


@pytest.fixture
def desks(tmp_path: Path, region: PluggedRegion) -> Iterator[tuple[Desk, Desk]]:
    """Two desks of one clinic, both open for the day."""
    with ExitStack() as opened:
        made = []
        for name in ("R0417", "R0418"):
            folder = tmp_path / name
            folder.mkdir()
            with region.plugged_in():
                first_start.enrol(folder, clinic_file(region, folder, name), a_clock())
            desk = opened.enter_context(Desk.open(folder, a_clock()))
            desk.sign_in("anber", "123456")
            desk.register("H").open_session(100_000)
            made.append(desk)
        yield made[0], made[1]


def clinic_file(region: PluggedRegion, folder: Path, name: str) -> Path:
    path = region.clinic_file(folder)
    code = enrolment.order(region.region, "ekbacken", name, ["H"])
    lines = path.read_text(encoding="utf-8").splitlines()
    text = "".join(f'code = "{code}"\n' if line.startswith("code") else f"{line}\n" for line in lines)
    path.write_text(text, encoding="utf-8")
    return path


def held(desk: Desk) -> int:
    """What the desk believes that it may spend."""
    return desk.register("H").state.balances.get(PATIENT.id, 0)


def last(desk: Desk) -> Event:
    return events_of(desk._tills["H"].journal)[-1]


def contact(region: PluggedRegion, *desks: Desk) -> None:
    """The cable is in for one round of each."""
    with region.plugged_in():
        for desk in desks:
            desk.sync_now("H")


def ask(desk: Desk, amount_ore: int) -> RightsAsked:
    return desk.register("H").ask_rights(PATIENT, amount_ore)


# ── One thing at a time ──────────────────────────────────────────────────────────────────────────


def test_what_one_desk_let_go_of_another_spends(region: PluggedRegion, desks: tuple[Desk, Desk]) -> None:
    one, other = desks
    one.register("H").deposit(PATIENT, 50_000, [CASH])
    one.register("H").release_rights(PATIENT, 30_000)
    contact(region, one)
    with pytest.raises(BalanceTooLow):
        other.register("H").sell(PATIENT, [Wish(1)], [ON_ACCOUNT])

    ask(other, 25_000)
    contact(region, other)
    other.register("H").sell(PATIENT, [Wish(1)], [ON_ACCOUNT])

    assert (held(one), held(other)) == (20_000, 25_000 - VISIT_ORE)
    (granted,) = [event for event in events_of(other._tills["H"].journal) if isinstance(event, RightsGranted)]
    assert (granted.amount_ore, granted.free_ore, granted.patient.name) == (25_000, 5_000, PATIENT.name)
    assert isinstance(last(one), ReleaseTaken)
    for desk in desks:
        assert not desk.register("H").state.open_requests


def test_nothing_is_held_before_the_region_has_answered(desks: tuple[Desk, Desk]) -> None:
    _, other = desks

    ask(other, 20_000)
    other.sync_now("H")

    assert held(other) == 0
    assert list(other.register("H").state.open_requests.values()) == [last(other)]
    with pytest.raises(BalanceTooLow):
        other.register("H").sell(PATIENT, [Wish(1)], [ON_ACCOUNT])


def test_what_is_let_go_of_is_gone_at_once(desks: tuple[Desk, Desk]) -> None:
    register = desks[0].register("H")
    register.deposit(PATIENT, 20_000, [CASH])

    register.release_rights(PATIENT, 100)

    assert held(desks[0]) == 19_900
    with pytest.raises(BalanceTooLow):
        register.sell(PATIENT, [Wish(1)], [ON_ACCOUNT])
    with pytest.raises(BalanceTooLow):
        register.release_rights(PATIENT, 20_000)


def test_when_there_is_not_so_much_the_till_says_what_there_is(region: PluggedRegion, desks: tuple[Desk, Desk]) -> None:
    one, other = desks
    one.register("H").deposit(PATIENT, 50_000, [CASH])
    one.register("H").release_rights(PATIENT, 700)
    ask(other, 701)

    contact(region, one, other)

    answer = last(other)
    assert isinstance(answer, RightsGranted)
    assert (answer.amount_ore, answer.free_ore, held(other)) == (0, 700, 0)
    assert not other.register("H").state.open_requests


def test_a_patient_is_asked_for_once_at_a_time(desks: tuple[Desk, Desk]) -> None:
    register = desks[0].register("H")
    first = ask(desks[0], 20_000)

    again = ask(desks[0], 20_000)

    assert again is first
    assert last(desks[0]) == first
    other = a_patient("197010632391")
    assert register.ask_rights(other, 100) != first


@pytest.mark.parametrize("ore", [0, -1, 10**10])
def test_nothing_and_nonsense_are_not_asked_for(ore: int, desks: tuple[Desk, Desk]) -> None:
    register, before = desks[0].register("H"), last(desks[0])

    with pytest.raises(BadAmount):
        register.ask_rights(PATIENT, ore)
    with pytest.raises(BadAmount):
        register.release_rights(PATIENT, ore)

    assert last(desks[0]) == before


def test_who_is_not_signed_in_moves_nothing(desks: tuple[Desk, Desk]) -> None:
    desks[0].sign_out()

    with pytest.raises(NotSignedIn):
        ask(desks[0], 100)


def test_an_answer_comes_when_nobody_is_at_the_till(region: PluggedRegion, desks: tuple[Desk, Desk]) -> None:
    one, other = desks
    one.register("H").deposit(PATIENT, 50_000, [CASH])
    one.register("H").release_rights(PATIENT, 50_000)
    ask(other, 50_000)
    other.sign_out()

    contact(region, one, other)

    assert held(other) == 50_000


def test_protected_persons_stay_unnamed(region: PluggedRegion, desks: tuple[Desk, Desk]) -> None:
    hidden = a_patient(protected=True)

    desks[0].register("H").ask_rights(hidden, 100)
    contact(region, desks[0])

    written = events_of(desks[0]._tills["H"].journal)
    named = [event.patient.name for event in written if isinstance(event, RightsAsked | RightsGranted)]
    assert named == ["SKYDDADE PERSONUPPGIFTER"] * 2


def test_a_request_outlives_the_program_and_is_the_same_one(region: PluggedRegion, desks: tuple[Desk, Desk]) -> None:
    one, other = desks
    one.register("H").deposit(PATIENT, 50_000, [CASH])
    one.register("H").release_rights(PATIENT, 50_000)
    ask(other, 20_000)
    contact(region, one)
    lost_on_the_way(region, other)
    folder = other.folder
    other.close()

    with Desk.open(folder, a_clock()) as again:
        contact(region, again)

        assert held(again) == 20_000
        state = again.register("H").state
        name = account(state.clinic, "H", PATIENT.id.kind.value, PATIENT.id.reveal())
        free, at_region = Accounts().stands(region.region, again._tills["H"].journal.enrolment.chain, name)
        assert (free, at_region) == (30_000, 20_000)


def lost_on_the_way(region: PluggedRegion, desk: Desk) -> None:
    """The region does what the desk asks, and its answer never comes."""
    till = desk._tills["H"]
    assert till.rights is not None
    with region.plugged_in():
        till.contact()  # And nobody writes the answers down.


def test_the_verifier_follows_what_was_asked_and_answered(region: PluggedRegion, desks: tuple[Desk, Desk]) -> None:
    one, other = desks
    one.register("H").deposit(PATIENT, 50_000, [CASH])
    one.register("H").release_rights(PATIENT, 30_000)
    ask(other, 20_000)
    contact(region, one, other)
    folders = [desk.folder for desk in desks]
    for desk in desks:
        desk.close()

    for folder in folders:
        report = audit(folder / "H" / "journal.db")
        assert [finding.text for finding in report.findings] == []


# ── A line that does what it likes ───────────────────────────────────────────────────────────────


class Line:
    """A way to a region that answers as it is told."""

    def __init__(self, *answers: Stands | Exception) -> None:
        self.answers = list(answers)
        self.asked: list[Ask] = []

    def ask_grant(self, _: Sender, asked: Ask) -> Stands:
        self.asked.append(asked)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    give_back = ask_grant


def rights(desk: Desk, line: Line) -> Rights:
    journal = desk._tills["H"].journal
    return Rights(desk.register("H"), line, Sender(journal.enrolment.chain, journal.signer))


@pytest.mark.parametrize(
    "trouble", [Offline(), Malformed("what"), Rejected(403, "signature", -1), Rejected(400, "malformed", -1)]
)
def test_a_request_that_failed_stays_open_and_is_asked_again(trouble: Exception, desks: tuple[Desk, Desk]) -> None:
    asked = ask(desks[0], 100)
    line = Line(trouble, trouble)
    carrying = rights(desks[0], line)

    for _ in range(2):
        carrying.carry()
        carrying.write_down()

    assert list(desks[0].register("H").state.open_requests.values()) == [asked]
    assert held(desks[0]) == 0
    assert len({one.id for one in line.asked}) == 1


def test_what_the_region_will_not_take_back_yet_is_offered_again(desks: tuple[Desk, Desk]) -> None:
    desks[0].register("H").deposit(PATIENT, 20_000, [CASH])
    released = desks[0].register("H").release_rights(PATIENT, 100)
    carrying = rights(desks[0], Line(Rejected(409, "too-little", -1)))

    carrying.carry()
    carrying.write_down()

    assert last(desks[0]) == released
    assert held(desks[0]) == 19_900


def test_an_answer_counts_once_however_often_it_comes(desks: tuple[Desk, Desk]) -> None:
    asked = ask(desks[0], 100)
    register = desks[0].register("H")

    for _ in range(3):
        register.take_answer(asked.request, 100, 0)

    assert held(desks[0]) == 100


def test_another_amount_than_was_asked_for_is_not_believed(desks: tuple[Desk, Desk]) -> None:
    asked = ask(desks[0], 100)
    state = desks[0].register("H").state
    name = account(state.clinic, "H", PATIENT.id.kind.value, PATIENT.id.reveal())
    carrying = rights(desks[0], Line(Stands(name, bytes(16), 10_000, 0, 10_000)))

    carrying.carry()
    carrying.write_down()

    assert last(desks[0]) == asked


# ── Whole histories ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("seed", range(3))
def test_no_history_of_two_desks_overdraws_an_account(
    seed: int, region: PluggedRegion, desks: tuple[Desk, Desk]
) -> None:
    dice, money = random.Random(seed), 0
    with ExitStack() as cable:
        for _ in range(60):
            desk = dice.choice(desks)
            money += act(desk.register("H"), dice, held(desk))
            if dice.random() < 0.3:
                cable.close()
                if dice.random() < 0.6:
                    cable.enter_context(region.plugged_in())
            lost_answer = dice.random() < 0.2
            if lost_answer:
                desk._tills["H"].contact()
                desk._tills["H"].rights = rights_anew(desk)
            elif dice.random() < 0.5:
                desk.sync_now("H")
            assert money >= 0, "overdrawn"
    contact(region, *desks, *desks)

    state = desks[0].register("H").state
    name = account(state.clinic, "H", PATIENT.id.kind.value, PATIENT.id.reveal())
    stands = [Accounts().stands(region.region, one._tills["H"].journal.enrolment.chain, name) for one in desks]
    assert [at_region for _, at_region in stands] == [held(desk) for desk in desks]
    assert stands[0][0] + held(desks[0]) + held(desks[1]) == money


def rights_anew(desk: Desk) -> Rights:
    """What a program that was started again has: no answer that was not written down."""
    till = desk._tills["H"]
    assert till.transport is not None
    return Rights(till.register, till.transport, Sender(till.journal.enrolment.chain, till.journal.signer))


def act(register: Register, dice: random.Random, held_ore: int) -> int:
    """One act at a desk; what it adds to the patient's money, in öre."""
    amount_ore = dice.randrange(1, max(held_ore, 30_000) // 100 + 1) * 100
    match dice.choice(["deposit", "sell", "sell", "ask", "ask", "release"]):
        case "deposit":
            register.deposit(PATIENT, amount_ore, [CASH])
            return amount_ore
        case "sell":
            with suppress(BalanceTooLow):
                register.sell(PATIENT, [Wish(1)], [ON_ACCOUNT])
                return -VISIT_ORE
        case "ask":
            register.ask_rights(PATIENT, amount_ore)
        case _:
            with suppress(BalanceTooLow):
                released = register.release_rights(PATIENT, amount_ore)
                assert isinstance(released, RightsReleased)
    return 0
