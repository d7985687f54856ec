"""What a dishonest region does to its own store: it has every key, and covers its tracks as far as they can be covered.

Afterwards its database is consistent in itself and its signer remembers nothing else. Only who remembers an older head
can tell.
"""

import base64
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace

from sqlalchemy import Connection

from sync.client.errors import Offline, Rejected
from sync.server import ingest, storage
from sync.wire import frame, messages, record
from sync.wire.frame import Frame
from sync.wire.record import SALT_BYTES, Part
from sync.wire.signature import Signer
from sync.wire.tree import Place
from tests.simulation.chance import swapped
from tests.simulation.site import SIGNED_HEAD, Site
from tests.simulation.truth import named_by, nodes_of, root_of
from tests.simulation.world import World

_MOVED = (("record", "leaf"), ("chain", "leaf"), ("config", "leaf"))


def edit(world: World) -> None:
    """An entry is another than it was: the record it names, or its time."""
    leaves = list(world.site.leaves())
    at = world.random.randrange(len(leaves))
    entry = json.loads(leaves[at])
    if entry["k"] == "rec" and world.random.random() < 0.5:
        entry["h"] = base64.urlsafe_b64encode(world.random.randbytes(32)).decode().rstrip("=")
    else:
        entry["at"] += 1
    leaves[at] = json.dumps(entry, sort_keys=True, separators=(",", ":")).encode()
    _rewrite(world, leaves)


def drop(world: World) -> None:
    """The newest records of a chain, and their entries, have never been."""
    site = world.site
    chain, following = world.random.choice(site.raw.execute("SELECT chain, next_seq FROM chain").fetchall())
    first = world.random.randrange(following) if following else 0
    stored = "SELECT leaf FROM record WHERE chain = ? AND seq >= ?"
    doomed = [leaf for (leaf,) in site.raw.execute(stored, (chain, first))]
    leaves = [entry for at, entry in enumerate(site.leaves()) if at not in doomed]
    with _unguarded(site):
        head = "SELECT hash FROM record WHERE chain = ? AND seq = ?"
        before = site.raw.execute(head, (chain, first - 1)).fetchone()
        born = site.raw.execute("SELECT enrolment FROM chain WHERE chain = ?", (chain,)).fetchone()
        for table in ("part", "record"):
            site.raw.execute(f"DELETE FROM {table} WHERE chain = ? AND seq >= ?", (chain, first))  # noqa: S608
        site.raw.execute(
            "UPDATE chain SET next_seq = ?, head = ?, verified_seq = min(verified_seq, ?) WHERE chain = ?",
            (first, (before or born)[0], first, chain),
        )
        for place in sorted(doomed, reverse=True):
            for table, column in _MOVED:
                site.raw.execute(f"UPDATE {table} SET {column} = {column} - 1 WHERE {column} > ?", (place,))  # noqa: S608
    _rewrite(world, leaves)


def swap(world: World) -> None:
    """Two entries change places."""
    site = world.site
    records = [at for at, entry in enumerate(site.leaves()) if named_by(entry) is not None]
    one, other = sorted(world.random.sample(records, 2))
    leaves = list(site.leaves())
    leaves[one], leaves[other] = leaves[other], leaves[one]
    with _unguarded(site):
        for old, new in ((one, -1), (other, one), (-1, other)):
            site.raw.execute("UPDATE record SET leaf = ? WHERE leaf = ?", (new, old))
    _rewrite(world, leaves)


def remember(world: World) -> None:
    """The region's operator takes a backup."""
    world.region_copies.append(world.site.copied())


def roll_back(world: World) -> None:
    """The region goes back to a backup, and so does the memory of its signer."""
    world.site.restore(world.random.choice(world.region_copies), signer_too=True)
    world.poison()


def restore_backup(world: World) -> None:
    """An honest operator restores a backup. The signer, which remembers more, must refuse until the newer database is
    put back."""
    newest = world.site.copied()
    world.site.restore(world.random.choice(world.region_copies), signer_too=False)
    behind = len(world.site.leaves()) < json.loads(newest.signed_head)["size"]
    _start_with_a_right_clock(world.site)
    if behind and world.site.is_up:
        world.wrong.append("missed: a region that lacks what it has signed goes on")
    for machine in world.machines:
        if behind and machine.is_on:
            machine.sync()
    world.site.restore(newest, signer_too=False)


def show_two_faces(world: World) -> None:
    """From now on some tills are shown another ledger than others."""
    other = world.another_face()
    world.poison()
    for machine in world.machines:
        if world.random.random() < 0.5:
            machine.line.face = other


def _rewrite(world: World, leaves: Sequence[bytes]) -> None:
    """Make `leaves` the ledger, and the signer sign it."""
    site = world.site
    with _unguarded(site):
        site.raw.execute("DELETE FROM leaf")
        site.raw.execute("DELETE FROM node")
        site.raw.executemany("INSERT INTO leaf (idx, entry) VALUES (?, ?)", enumerate(leaves))
        rows = [(level, at, digest) for (level, at), digest in nodes_of(leaves).items()]
        site.raw.executemany("INSERT INTO node (lvl, idx, hash) VALUES (?, ?, ?)", rows)
        site.raw.execute("UPDATE ledger SET size = ?", (len(leaves),))
    if world.random.random() < 0.3:
        _signer_remembers(world)
        return
    root = base64.urlsafe_b64encode(root_of(leaves)).decode().rstrip("=")
    (site.host.folder / SIGNED_HEAD).write_text(json.dumps({"size": len(leaves), "root": root}))
    site.forget()
    world.poison()


def _signer_remembers(world: World) -> None:
    """Who rewrote the database could not reach the signer: it must refuse what does not continue what it signed."""
    site = world.site
    site.forget()
    world.poison()
    signed = json.loads((site.host.folder / SIGNED_HEAD).read_text())
    leaves = site.leaves()
    root = base64.urlsafe_b64encode(root_of(leaves[: signed["size"]])).decode().rstrip("=")
    _start_with_a_right_clock(site)
    if (len(leaves) < signed["size"] or root != signed["root"]) and site.is_up:
        world.wrong.append("missed: a signer goes on with a ledger that was rewritten")


def _start_with_a_right_clock(site: Site) -> None:
    """With one that is behind it answers nobody, and does not look."""
    off_ms, site.clock_off_ms = site.clock_off_ms, 10 * 86_400_000
    site.start()
    site.clock_off_ms = off_ms


def intrude(world: World) -> None:
    """Records come to the region that no till has made so: of another key, changed, or in the wrong place."""
    site = world.site
    (chain,) = world.random.choice(site.raw.execute("SELECT chain FROM chain WHERE next_seq > 0").fetchall())
    with storage.reading(site.region.engine) as db:
        head = storage.frames(db, chain, 0, messages.MAX_BATCH_RECORDS)[-1]
    made = [head]
    for kind in world.random.choices(("key", "content", "link", "good"), k=world.random.randint(1, 3)):
        made.append(_intruder(made[-1], kind))
    before = site.main_hashes() | site.quarantined()
    push = ingest.read_push(head.record.header.seq + 1, frame.encode_all(made[1:]))
    with suppress(Offline, Rejected):
        site.serve(lambda region: ingest.push(region, chain, push, 0))
    if site.main_hashes() | site.quarantined() != before:
        world.wrong.append("missed: the region keeps a record that its till never signed")


def _intruder(before: Frame, kind: str) -> Frame:
    """A record after another, wrong in one way at least: nobody but the till has its key."""
    header, part = before.record.header, Part("a", bytes(SALT_BYTES), b"{}")
    made = replace(
        header,
        seq=header.seq + (2 if kind == "link" else 1),
        prev=before.record.hash,
        parts={"a": bytes(32) if kind == "content" else part.commitment},
    )
    return Frame(record.seal(made, Signer(bytes(32))), (part,))


def garble(world: World) -> None:
    """A till's program has a fault: of some records that it pushes, signed as ever, one is garbled or left out."""
    machine = world.random.choice(world.machines)
    if not machine.is_on:
        return
    for _ in range(3):
        if machine.journal is not None:
            machine.sell()
    if machine.journal is None:
        return
    journal, site = machine.running, machine.line.site
    start = len(site.chain_hashes(machine.chain))
    frames = list(journal.frames(start, messages.MAX_BATCH_RECORDS))
    if len(frames) < 3 or not site.is_up:
        return
    at = world.random.randrange(len(frames) - 1)
    if world.random.random() < 0.5:
        parts = tuple(replace(part, salt=bytes(SALT_BYTES)) for part in frames[at].parts)
        frames[at] = replace(frames[at], parts=parts)
    else:
        del frames[at]
    push = ingest.read_push(start, frame.encode_all(frames))
    with suppress(Offline, Rejected):
        site.serve(lambda region: ingest.push(region, machine.chain, push, 0))
    if len(site.chain_hashes(machine.chain)) > start + at:
        world.wrong.append("missed: the region stores what is garbled, or follows on nothing")


def flip_in_memory(world: World) -> None:
    """The region's memory flips a bit in what it is about to store, after it was checked and hashed."""
    world.site.is_faulty = True
    world.poison()
    if world.random.random() < 0.5:
        faulty, name = _flips_record(), "add_records"
    else:
        faulty, name = _flips_entry(), "add_leaves"
    world.until_end.enter_context(swapped(storage, name, faulty))


def _flips_record() -> Callable[..., None]:
    store, done = storage.add_records, list[bool]()

    def add_records(db: Connection, frames: Sequence[Frame], first_leaf: int) -> None:
        made = list(frames)
        if not done:
            env = made[0].record.env
            made[0] = replace(made[0], record=replace(made[0].record, env=env[:-1] + bytes([env[-1] ^ 1])))
        done.append(True)
        store(db, made, first_leaf)

    return add_records


def _flips_entry() -> Callable[..., None]:
    store, done = storage.add_leaves, list[bool]()

    def add_leaves(db: Connection, first: int, entries: Sequence[bytes], nodes: dict[Place, bytes], at_ms: int) -> None:
        made = list(entries)
        if not done:
            made[0] = made[0].replace(b'"at":1', b'"at":3')
        done.append(True)
        store(db, first, made, nodes, at_ms)

    return add_leaves


@contextmanager
def _unguarded(site: Site) -> Iterator[None]:
    """The database without its guards, in one transaction."""
    guards = site.raw.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    site.raw.execute("BEGIN IMMEDIATE")
    for name, _ in guards:
        site.raw.execute(f"DROP TRIGGER {name}")
    yield
    for _, statement in guards:
        site.raw.execute(statement)
    site.raw.execute("COMMIT")


DEEDS: dict[str, tuple[Callable[[World], None], ...]] = {
    "edit": (edit,),
    "drop": (drop,),
    "swap": (swap,),
    "roll back": (remember, roll_back),
    "restored backup": (remember, restore_backup),
    "two faces": (show_two_faces,),
    "intruder": (intrude,),
    "faulty till": (garble,),
    "faulty memory": (flip_in_memory,),
}
"""What each kind consists of, one thing after the other."""
