"""What can happen to a till's media and machine: restored, cloned, cut short, damaged, wiped, lost.

Each of these first takes the power away, does its damage to the files, and notes which records have thereby lost their
last copy. What the program makes of it shows at the next start.
"""

from collections.abc import Callable
from contextlib import suppress

import apsw

from sync.server import enrolment, late, succession
from sync.server.errors import Refused
from sync.wire.demo_keys import demo_keys
from sync.wire.errors import Malformed
from tests.simulation.disk import Keyring, Media
from tests.simulation.line import FAIR, Line
from tests.simulation.machine import Machine
from tests.simulation.mould import enrolled
from tests.simulation.tampering import (
    cut_journal,
    cut_shadow,
    flip_record,
    forge_content,
    forge_header,
    take_out,
    unguarded,
)
from tests.simulation.world import Kept, World


def back_up(world: World) -> None:
    """Somebody copies a machine as it runs."""
    machine = world.random.choice(world.machines)
    media = machine.media.copied(world.post.new_folder())
    world.backups.append((machine, Kept(media, machine.keyring.copied())))


def restore(world: World) -> None:
    """A machine is put back to a backup: its disk, and perhaps its second medium and its keyring."""
    machine, kept = world.random.choice(world.backups)
    if machine not in world.machines:
        return
    _off(machine)
    stick = world.random.random() < 0.6
    machine.touched = machine.has_forgotten = True
    restored = kept.media.copied(world.post.new_folder())
    if not stick:
        restored.take_stick(machine.media)
    machine.media.remove()
    machine.media = restored
    if world.random.random() < 0.5:
        machine.keyring = kept.keyring.copied()
    world.note_destroyed()


def clone(world: World) -> None:
    """A machine is copied as it runs, and both go on."""
    machine = world.random.choice(world.machines)
    kept = Kept(machine.media, machine.keyring)
    if world.backups and world.random.random() < 0.3:
        machine, kept = world.random.choice(world.backups)
    twin = world.add(f"twin of {machine.name}", kept.media.copied(world.post.new_folder()), kept.keyring.copied())
    twin.touched = machine.touched = True


def exchange(world: World) -> None:
    """Somebody puts the second media of twins, which have the same name, back into the wrong machines."""
    twins = [one for one in world.machines if one.chain == world.machines[-1].chain]
    for machine in twins:
        _off(machine)
        machine.touched = machine.has_forgotten = True
    sticks = [machine.media.copied(world.post.new_folder()) for machine in twins]
    for machine, other in zip(twins, [*sticks[1:], sticks[0]], strict=True):
        machine.media.take_stick(other)
    for stick in sticks:
        stick.remove()
    world.note_destroyed()


def cut(world: World) -> None:
    """Records are cut off the journal's end by somebody who knows how, and perhaps off the second medium's."""
    machine = world.random.choice(world.machines)
    _off(machine)
    machine.touched = True
    count = world.random.randint(1, 4)
    with suppress(apsw.Error):
        cut_journal(machine.media.journal, count)
    if world.random.random() < 0.6:
        for path in sorted(machine.media.stick.glob("*.kj")):
            cut_shadow(path, count)
    world.note_destroyed()


def rot(world: World) -> None:
    """Bits flip where a record lies; perhaps in the same record on the second medium too."""
    machine = world.random.choice(world.machines)
    _off(machine, cleanly=world.random.random() < 0.7)
    machine.touched = True
    flip_record(machine.media, world.random, also_shadow=world.random.random() < 0.5)
    world.note_destroyed()


def rot_in_both(world: World) -> None:
    """The power goes, and what was written last but a few is damaged on both media."""
    machine = world.random.choice(world.machines)
    _off(machine)
    machine.touched = True
    flip_record(machine.media, world.random, also_shadow=True, newest=4)
    world.note_destroyed()


def rot_anywhere(world: World) -> None:
    """Bits flip anywhere in one of the files."""
    machine = world.random.choice(world.machines)
    _off(machine, cleanly=world.random.random() < 0.7)
    machine.touched = True
    paths = [path for path in sorted(machine.media.folder.rglob("*")) if path.suffix in (".db", ".kj", ".db-wal")]
    if not paths:
        return
    path = world.random.choice(paths)
    raw = bytearray(path.read_bytes()) or bytearray(1)
    for _ in range(world.random.randint(1, 3)):
        raw[world.random.randrange(len(raw))] ^= 1 << world.random.randrange(8)
    path.write_bytes(raw)
    world.note_destroyed()


def forge(world: World) -> None:
    """Somebody who knows how changes, exchanges or takes out a record in the journal, and leaves a file without a mark
    of it."""
    machine = world.random.choice(world.machines)
    _off(machine)
    machine.touched = True
    how = world.random.choice((forge_content, forge_header, take_out))
    with suppress(apsw.Error), unguarded(machine.media.journal) as db:  # What is broken already is left so.
        how(db, world.random)
    if world.random.random() < 0.3:
        for path in sorted(machine.media.stick.glob("*.kj")):
            path.unlink()
    world.note_destroyed()


def wipe(world: World) -> None:
    """A file is gone, or empty, or cut in two."""
    machine = world.random.choice(world.machines)
    _off(machine)
    machine.touched = True
    there = [path for path in [machine.media.journal, *sorted(machine.media.stick.glob("*.kj"))] if path.exists()]
    if not there:
        return
    path = world.random.choice(there)
    how = world.random.randrange(3)
    if how == 0:
        path.unlink()
    elif how == 1:
        path.write_bytes(b"")
    else:
        path.write_bytes(path.read_bytes()[: world.random.randrange(path.stat().st_size or 1)])
    world.note_destroyed()


def lose(world: World) -> None:
    """A machine is lost. The region is told, and a new machine takes its place; the old disk may turn up again."""
    machine = world.random.choice(world.machines)
    _off(machine)
    machine.has_forgotten = True
    world.machines.remove(machine)
    world.gone.append(machine)
    chain = machine.chain
    if world.random.random() < 0.6:
        world.drawer.append(Kept(machine.media, machine.keyring))
    else:
        machine.media.remove()
    world.note_destroyed()
    _replace(world, machine, chain)


def find(world: World) -> None:
    """The disk of a lost machine turns up: the region gets its second medium, or the machine is started again."""
    if not world.drawer:
        return
    _make_fair(world)
    kept = world.drawer.pop(world.random.randrange(len(world.drawer)))
    if world.random.random() < 0.5:
        twin = world.add("the lost one", kept.media, kept.keyring)
        twin.touched = True
        return
    try:
        for path in sorted(kept.media.stick.glob("*.kj")):
            with suppress(Malformed):  # Nothing in it is whole, and the supervisor is told so.
                late.bring_in(world.site.region, path.read_bytes(), demo_keys().recovery)
    except Refused:  # The region was put back to before it knew that the machine is lost, and says so.
        world.drawer.append(kept)
    world.note_destroyed()


def _replace(world: World, machine: Machine, chain: bytes) -> None:
    """A new machine, enrolled with a new code as the successor of the lost one."""
    _make_fair(world)
    site = world.site
    with suppress(Refused):  # A twin of it has had the chain closed already.
        succession.lose(site.region, chain)
    code = enrolment.order(site.region, None, None, [], [chain])
    media, keyring = Media(world.post.new_folder()), Keyring()
    line = Line(world.post, lambda: None)
    enrolled(media.folder, keyring, code, line, machine.now)
    world.add(f"{machine.name}, replaced", media, keyring).note_birth()


def _make_fair(world: World) -> None:
    """The technician comes when the region can be reached."""
    world.post.weather, world.post.is_parted = FAIR, False
    world.site.clock_off_ms = 0
    world.elapsed_s += 4 * 86400
    world.site.start()


def _off(machine: Machine, *, cleanly: bool = False) -> None:
    if not machine.is_on:
        return
    if cleanly:
        machine.stop()
    else:
        machine.crash()


DAMAGES: dict[str, tuple[Callable[[World], None], ...]] = {
    "restore": (back_up, restore),
    "clone": (clone,),
    "clone of a backup": (back_up, clone),
    "clone, then exchanged media": (clone, exchange),
    "cut": (cut,),
    "rot": (rot,),
    "rot in both media": (rot_in_both,),
    "rot anywhere": (rot_anywhere,),
    "forge": (forge,),
    "wipe": (wipe,),
    "lose": (lose,),
    "lose and find": (lose, find),
}
"""What each kind of damage consists of, one thing after the other."""
