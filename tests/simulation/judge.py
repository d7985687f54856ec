"""The verdict on a history: what must hold at its end, whatever happened in it."""

import hashlib
import json
from collections import Counter

from kassaapp.domain.events import CheckResult
from kassaapp.verify.audit import audit as audit_till
from kassaapp.verify.fault import Fault
from sync.server.audit import audit as audit_region
from sync.wire import tree
from sync.wire.canonical import from_text, to_text
from sync.wire.errors import WireError
from tests.simulation.machine import Machine
from tests.simulation.truth import Acknowledged, nodes_of
from tests.simulation.world import World

FORK = "fork"


def judge(world: World) -> list[str]:
    """Everything that is not as it must be, in words; empty when all is well."""
    wrong = [*world.wrong, *world.site.wrong]
    wrong += [
        f"{sort}: {machine.name} {what}"
        for machine in [*world.machines, *world.gone]
        for sort, what in machine.failures
        if sort != "stopped" or not (world.is_poisoned or world.plan.lies)  # Who is lied to may well have to wait.
    ]
    wrong += _two_faced(world)
    if not world.is_poisoned:
        wrong += _lost(world)
        wrong += _foreign(world)
        wrong += _twice(world)
        wrong += _undetected(world)
        wrong += _unsettled(world)
        if world.plan.is_audited:
            wrong += _found_by_auditors(world)
    if world.plan.kind == "honest":
        wrong += _false_alarms(world)
    return wrong


def _found_by_auditors(world: World) -> list[str]:
    """The auditors of region and till find nothing."""
    wrong = [f"audit: region, {finding}" for finding in audit_region(world.site.host.folder).findings]
    told = {
        fault
        for machine in [*world.machines, *world.gone]
        for start in machine.starts
        for fault in _TOLD.get(start.check, ())
    }
    for machine in world.machines:
        machine.stop()
        machine.media.name_stick()
        findings = audit_till(machine.media.journal).findings
        wrong += [
            f"audit: {machine.name}, {one.fault} {one.seq} {one.text}" for one in findings if one.fault not in told
        ]
    return wrong


_TOLD = {
    CheckResult.SUCCEEDED: (Fault.FORK, Fault.MISSING, Fault.SECOND_MEDIUM),
    CheckResult.TAIL_CUT: (Fault.CUT,),
}
"""What an auditor of a till must find, and what the start that said so had found."""


def _two_faced(world: World) -> list[str]:
    """An auditor who sets the heads that tills hold beside the region's ledger finds every other face of it, and none
    where there is none."""
    leaves = world.site.leaves()
    nodes = nodes_of(leaves).__getitem__
    size = len(leaves)
    wrong = []
    for machine in world.machines:
        proof = None if machine.journal is None else machine.journal.proof()
        if proof is None:
            continue
        head = proof.checkpoint
        is_ours = world.truth.trees[head.size, head.root] == tuple(leaves[: head.size])
        try:
            shown = tree.consistency(min(head.size, size), size, nodes)
            tree.verify_consistency(head.size, size, shown, head.root, tree.root(size, nodes))
            holds = head.size <= size
        except WireError:
            holds = False
        if holds != is_ours:
            wrong.append(f"missed: an auditor takes the head of {machine.name} to be {'true' if holds else 'false'}")
    return wrong


def _lost(world: World) -> list[str]:
    """Every acknowledged record is in the region's chain or in its quarantine, unless the history destroyed it, or
    somebody has been told where it lies (`sync.server late` reads it)."""
    held = world.site.main_hashes() | world.site.quarantined() | world.in_drawer() | world.told_of()
    missing = [
        record
        for digest, record in world.truth.records.items()
        if digest not in held and digest not in world.truth.destroyed
    ]
    return [f"lost: {_name(record)}" for record in missing]


def _foreign(world: World) -> list[str]:
    """The region's chains hold nothing but what tills have made, byte for byte, and no chain has two certificates."""
    raw, made = world.site.raw, world.truth.records
    wrong = []
    for digest, env in raw.execute("SELECT hash, env FROM record"):
        if digest in made and made[digest].env != env:
            wrong.append(f"missed: the region has changed {_name(made[digest])}")
        if digest not in made and digest not in world.truth.unfinished:
            wrong.append("missed: the region holds a record that nobody made")
    parts = "SELECT p.name, p.salt, p.data, r.env FROM part p JOIN record r ON r.chain = p.chain AND r.seq = p.seq"
    for name, salt, data, env in raw.execute(parts):
        commitment = to_text(hashlib.sha256(b"kassa/part/v1\0" + salt + data).digest())
        if json.loads(env[64:])["parts"].get(name) != commitment:
            wrong.append("missed: the region holds another content than was signed")
    keys = raw.execute("SELECT count(*) - count(DISTINCT public_key) FROM chain").fetchone()[0]
    unclosed = "SELECT count(*) FROM chain WHERE closed_ms IS NULL AND chain IN (SELECT parent FROM chain)"
    if raw.execute(unclosed).fetchone()[0]:
        wrong.append("missed: a chain goes on beside its successor")
    return wrong + ["twice: one key has two certificates"] * keys


def _twice(world: World) -> list[str]:
    """No receipt number of a register was given to two sales that the region counts."""
    records = world.truth.records
    main = world.site.main_hashes()
    receipts = Counter(records[digest].receipt for digest in main if digest in records)
    return [f"twice: receipt {number}" for number, times in receipts.items() if number is not None and times > 1]


def _undetected(world: World) -> list[str]:
    """Where two records stand in one place of a chain, the region has flagged a fork; where a record that others follow
    is in no copy, a successor has said so; or the region, where a till was lost or put back before it could, or where
    the till holds another record in that place, its twin's."""
    wrong = [f"missed: fork of chain {chain.hex()[:8]}" for chain in sorted(_forked(world) - _flagged(world, FORK))]
    held = world.site.main_hashes() | world.site.quarantined()
    records, lost = world.truth.records, world.truth.destroyed - held
    declared, flagged, twins = _declared(world), world.site.gaps(), _places_of(world)
    is_forgotten = any(one.has_forgotten for one in [*world.machines, *world.gone])
    for digest, record in records.items():
        before = from_text(record.prev)
        if digest not in held or before not in lost:
            continue
        place = (from_text(record.chain), records[before].seq)
        by_region = is_forgotten or twins.get(place, records[before].machine) != records[before].machine
        if place[1] not in declared.get(record.chain, set()) and not (by_region and place in flagged):
            wrong.append(f"missed: gap, {_name(records[before])}")
    return wrong


def _places_of(world: World) -> dict[tuple[bytes, int], str]:
    """Which machine wrote what stands in each place of the region's chains."""
    records = world.truth.records
    rows = world.site.raw.execute("SELECT chain, seq, hash FROM record")
    return {(chain, seq): records[digest].machine for chain, seq, digest in rows if digest in records}


def _forked(world: World) -> set[bytes]:
    """Chains with a record in quarantine where another stands."""
    query = (
        "SELECT DISTINCT q.chain FROM quarantine q JOIN record r ON r.chain = q.chain AND r.seq = q.seq"
        " AND r.hash <> q.hash"
    )
    return {chain for (chain,) in world.site.raw.execute(query)}


def _flagged(world: World, flag: str) -> set[bytes]:
    return {chain for chain, why in world.site.flags() if why == flag}


def _declared(world: World) -> dict[str, set[int]]:
    """The numbers that successors have said are lost, by the chain they stood in."""
    declared: dict[str, set[int]] = {}
    for machine in [*world.machines, *world.gone]:
        for chain, lost in machine.declared.items():
            declared.setdefault(chain, set()).update(lost)
    return declared


def _unsettled(world: World) -> list[str]:
    """After healing every till sells, and the region has proved to hold all that it has written."""
    wrong = []
    for machine in world.machines:
        status = machine.status
        if not machine.is_on or status is None:
            wrong.append(f"stopped: {machine.name} is off")
        elif status.attention is not None or status.unsent:
            wrong.append(f"stopped: {machine.name} is not settled: {status.attention}, {status.unsent} unsent")
        else:
            wrong += _misinformed(world, machine)
    return wrong


def _misinformed(world: World, machine: Machine) -> list[str]:
    """A till's price lists are the region's."""
    kept = machine.running.configurations.newest()
    own = world.site.raw.execute("SELECT hash FROM config WHERE kind = 'config' ORDER BY seq DESC").fetchone()[0]
    return [] if kept is not None and kept.hash == own else [f"believed: {machine.name} has another price list"]


def _false_alarms(world: World) -> list[str]:
    """Nobody was alarmed by what was nobody's fault."""
    wrong = [f"false alarm: {machine.name}, {one}" for machine in world.machines for one in machine.attentions]
    wrong += [f"false alarm: the region has flagged {why}" for _, why in sorted(world.site.flags())]
    for machine in world.machines:
        wrong += _wrong_starts(machine)
    return wrong


def _wrong_starts(machine: Machine) -> list[str]:
    wrong = [
        f"false alarm: {machine.name}, a start found {s.check}"
        for s in machine.starts
        if s.check is not CheckResult.INTACT
    ]
    return wrong + [f"false alarm: {machine.name} waited for the region"] * machine.waits


def _name(record: Acknowledged) -> str:
    return f"{record.kind} {record.seq} of {record.machine}"
