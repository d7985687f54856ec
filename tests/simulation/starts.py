"""What one start of a till must say, given what is true at that moment."""

from collections.abc import Iterator

from kassaapp.domain.events import CheckResult
from kassaapp.journal.signing_key import Mark
from sync.wire.canonical import to_text
from tests.simulation.disk import shadow_frames
from tests.simulation.machine import Machine, Start
from tests.simulation.site import Site
from tests.simulation.truth import Truth


def start(machine: Machine, site: Site, truth: Truth, *, is_poisoned: bool) -> list[str]:
    """Start a machine; everything that the start should not have said, or should have."""
    marks = {mark.chain: mark for mark in machine.keyring.marks.values()}
    before = len(machine.starts)
    machine.start()
    if len(machine.starts) == before or not machine.is_on:
        return []
    made = machine.starts[-1]
    wrong = list(_wrong_check(machine, made))
    if not is_poisoned:
        wrong += _wrong_successor(machine, made, site)
        wrong += _wrong_mark(machine, made, site, truth, marks)
    return [f"{sort}: {machine.name} {what}" for sort, what in wrong]


def _wrong_check(machine: Machine, made: Start) -> Iterator[tuple[str, str]]:
    proof = machine.running.proof()
    if proof is None or proof.next > machine.running.count():
        yield "missed", "sells without records that the region has proved to hold"
    if not _is_copied(machine):
        yield "missed", "has a second medium that is no copy of the journal"
    if not machine.touched and made.check is not CheckResult.INTACT:
        yield "false alarm", f"found {made.check}"


def _is_copied(machine: Machine) -> bool:
    """Whether the second medium holds what the chain holds."""
    journal = machine.running
    own = [journal.hash_of(seq) for seq in range(journal.count()) if seq not in journal.gaps]
    path = machine.media.shadow(journal.enrolment.register)
    return [digest for digest, _ in shadow_frames(path.read_bytes(), {})] == own


def _wrong_successor(machine: Machine, made: Start, site: Site) -> Iterator[tuple[str, str]]:
    """A chain ends only for a fork, which lies in quarantine then, or for records that are declared lost."""
    if made.check is CheckResult.SUCCEEDED:
        ended = machine.running.chains[-2].chain
        query = "SELECT count(*) FROM quarantine WHERE chain = ?"
        has_branch = site.raw.execute(query, (ended,)).fetchone()[0]
        if not has_branch and not machine.declared.get(to_text(ended)):
            yield "false alarm", "ended a chain that could have gone on"


def _wrong_mark(
    machine: Machine, made: Start, site: Site, truth: Truth, marks: dict[bytes, Mark]
) -> Iterator[tuple[str, str]]:
    """A cut-off tail is told when the keyring remembers it and nobody holds it, and only then."""
    if made.check is CheckResult.SUCCEEDED:
        return
    mark = marks.get(machine.running.enrolment.chain)
    if mark is None:
        return
    is_nowhere = mark.hash in truth.destroyed - site.main_hashes()  # What was on its way has come home since.
    if is_nowhere and not any(one.mark == mark.seq for one in machine.starts):
        yield "missed", f"does not say that its tail was cut off after {mark.seq}"
    if made.asked and made.mark >= 0 and mark.hash in site.main_hashes():
        yield "false alarm", "says that its tail was cut off, and the region holds it"
