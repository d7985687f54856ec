"""A machine is lost with its disk: a new one goes on with its numbers and sums, as far as the region has them."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from kassaapp import clinic, enrolment, first_start
from kassaapp.app import Desk
from kassaapp.domain.fees import Wish
from kassaapp.domain.session import Count
from kassaapp.domain.state import RegisterState
from kassaapp.enrolment import Parent
from kassaapp.trouble import NotTheRegion, Trouble, Unreachable
from kassaapp.verify.audit import audit
from sync.client.enrol import NewRegister, parent_records
from sync.client.enrol import enrol as enrol_at_region
from sync.client.errors import Offline
from sync.client.transport import Sender, Transport, open_client
from sync.server import enrolment as codes
from sync.server import succession
from sync.wire.entry import Enrolment
from sync.wire.errors import BrokenLink
from sync.wire.frame import Frame
from sync.wire.record import Part
from sync.wire.signature import Signer
from tests.builders import CARD, CASH, a_patient
from tests.desks import a_clock
from tests.regions import PluggedRegion


@pytest.fixture
def region(tmp_path: Path) -> Iterator[PluggedRegion]:
    """A real region, its cable in."""
    plugged = PluggedRegion(tmp_path / "region")
    with plugged.plugged_in():
        yield plugged
    plugged.region.close()


@pytest.fixture
def old(tmp_path: Path, region: PluggedRegion) -> Path:
    """The folder of a till that has closed a day, begun the next and told the region of it."""
    folder = tmp_path / "old"
    first_start.enrol(folder, region.clinic_file(tmp_path), a_clock())
    with Desk.open(folder, a_clock()) as desk:
        desk.sign_in("anber", "123456")
        register = desk.register("H")
        register.open_session(100_000)
        register.sell(a_patient(), [Wish(1)], [CARD])
        register.deposit(a_patient(), 10_000, [CASH])
        register.close_session(Count(110_000), "123456", "deposition")
        register.open_session(100_000, "växel")
        register.sell(a_patient(), [Wish(1)], [CARD])
        assert desk.sync_now("H").unsent == 0
    return folder


def state_of(folder: Path) -> RegisterState:
    with Desk.open(folder, a_clock()) as desk:
        return desk.register("H").state


def chain_of(folder: Path) -> bytes:
    with Desk.open(folder, a_clock()) as desk:
        return desk.register("H")._journal.enrolment.chain


def replacement(region: PluggedRegion, lost: bytes, folder: Path) -> str:
    """The chain is marked lost; the text of a clinic file for the machine that comes after."""
    succession.lose(region.region, lost)
    code = codes.order(region.region, None, None, [], [lost])
    lines = region.clinic_file(folder).read_text(encoding="utf-8").splitlines()
    return "".join(f'code = "{code}"\n' if line.startswith("code") else f"{line}\n" for line in lines)


def enrol(folder: Path, text: str, ask: Callable[[Parent], Parent] = lambda ask: ask) -> None:
    """Enrol as `python -m kassaapp enrol` does; `ask` may stand between the till and the parent's records."""
    read = clinic.parse(text)
    assert read.server is not None
    transport = Transport(open_client(read.server))

    def meet(code: str, till: str, signer: Signer) -> NewRegister:
        return enrol_at_region(code, till, signer, read.root_key, transport)

    def before(certificate: Enrolment, signer: Signer) -> Sequence[Frame]:
        return parent_records(certificate, Sender(certificate.chain, signer, certificate.clinic), transport)

    try:
        enrolment.enrol(folder, read, text, meet, now=a_clock(), parent=ask(before))
    finally:
        transport.close()


def test_numbers_and_sums_go_on_under_a_name_of_their_own(region: PluggedRegion, old: Path, tmp_path: Path) -> None:
    before = state_of(old)

    enrol(tmp_path / "new", replacement(region, chain_of(old), tmp_path))

    after = state_of(tmp_path / "new")
    assert (before.register, after.register) == ("R0417", "R0417B")
    assert (after.grand, after.next_receipt) == (before.grand, 4)
    assert (after.next_session, after.next_z) == (3, 2)
    assert after.grand.sales_ore > 0
    assert after.session is None
    assert dict(after.balances) == {}, "what a patient has a conto stays with the chain that was lost"


def test_the_new_machine_sells_syncs_and_is_whole(region: PluggedRegion, old: Path, tmp_path: Path) -> None:
    new = tmp_path / "new"
    enrol(new, replacement(region, chain_of(old), tmp_path))

    with Desk.open(new, a_clock()) as desk:
        desk.sign_in("anber", "123456")
        desk.register("H").open_session(100_000)
        sold = desk.register("H").sell(a_patient(), [Wish(1)], [CARD]).event
        unsent = desk.sync_now("H").unsent

    assert (sold.receipt, sold.session, unsent) == (4, 3, 0)
    assert [finding.text for finding in audit(new / "H" / "journal.db").findings] == []


def test_nothing_of_the_patients_comes_with_the_numbers(region: PluggedRegion, old: Path, tmp_path: Path) -> None:
    asked: list[Frame] = []

    def blackened(ask: Parent) -> Parent:
        """The parent's records with a person part that cannot be read."""

        def answer(certificate: Enrolment, signer: Signer) -> Sequence[Frame]:
            asked.extend(ask(certificate, signer))
            return [Frame(one.record, tuple(_blackened(part) for part in one.parts)) for one in asked]

        return answer

    enrol(tmp_path / "new", replacement(region, chain_of(old), tmp_path), blackened)

    assert any(part.name == "p" for one in asked for part in one.parts)
    assert state_of(tmp_path / "new").next_receipt == 4


def _blackened(part: Part) -> Part:
    return part if part.name == "a" else Part(part.name, part.salt, b"\xff")


def test_a_till_that_was_lost_before_its_first_record_reached_the_region_begins_at_one(
    region: PluggedRegion, tmp_path: Path
) -> None:
    first_start.enrol(tmp_path / "old", region.clinic_file(tmp_path), a_clock())
    with Desk.open(tmp_path / "old", a_clock()) as desk:
        chain = desk.register("H")._journal.enrolment.chain

    enrol(tmp_path / "new", replacement(region, chain, tmp_path))

    assert state_of(tmp_path / "new").next_receipt == 1


@pytest.mark.parametrize(
    ("error", "trouble"), [(Offline(), Unreachable), (BrokenLink("prev"), NotTheRegion)], ids=["away", "lying"]
)
def test_without_the_old_numbers_there_is_no_new_till_and_it_may_be_tried_again(
    region: PluggedRegion, old: Path, tmp_path: Path, error: Exception, trouble: type[Trouble]
) -> None:
    def failing(_ask: Parent) -> Parent:
        def answer(certificate: Enrolment, signer: Signer) -> Sequence[Frame]:
            raise error

        return answer

    text = replacement(region, chain_of(old), tmp_path)

    with pytest.raises(trouble):
        enrol(tmp_path / "new", text, failing)

    assert not (tmp_path / "new" / "H" / "journal.db").exists()
    enrol(tmp_path / "new", text)
    assert state_of(tmp_path / "new").next_receipt == 4


def test_a_machine_after_a_machine_after_a_machine_counts_on(region: PluggedRegion, old: Path, tmp_path: Path) -> None:
    enrol(tmp_path / "second", replacement(region, chain_of(old), tmp_path))
    with Desk.open(tmp_path / "second", a_clock()) as desk:
        desk.sign_in("anber", "123456")
        desk.register("H").open_session(100_000)
        desk.register("H").sell(a_patient(), [Wish(1)], [CARD])
        desk.sync_now("H")
        grand = desk.register("H").state.grand

    enrol(tmp_path / "third", replacement(region, chain_of(tmp_path / "second"), tmp_path))

    third = state_of(tmp_path / "third")
    assert (third.register, third.next_receipt, third.next_session, third.grand) == ("R0417C", 5, 4, grand)
