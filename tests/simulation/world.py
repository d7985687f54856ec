"""Everything there is during one history, and what may happen in it in any one step that is nobody's fault."""

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random

from sync.client.status import Attention, SyncStatus
from sync.wire.messages import MAX_BATCH_RECORDS, Pushed
from tests.simulation import starts
from tests.simulation.disk import Keyring, Media, records_on, shadow_frames
from tests.simulation.lies import LIED, LIES
from tests.simulation.line import FAIR, Post, Weather
from tests.simulation.machine import Machine
from tests.simulation.mould import Mould, clock_of
from tests.simulation.site import Copy, Site
from tests.simulation.truth import Truth

PAUSES_S = (1, 20, 60, 300, 3000, 30000)
"""How long it may be from one step to the next."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a seed has in store. `clocks`: they go wrong. What is `chosen` of damages and deeds happens once each.
    `lies` is how often an answer is one, and `told` which ones; any when it names none. `batch` is how many records a
    push or an answer holds."""

    kind: str
    tills: int
    steps: int
    weather: Weather
    clocks: bool = False
    chosen: tuple[str, ...] = ()
    lies: float = 0.0
    told: tuple[str, ...] = ()
    batch: int = MAX_BATCH_RECORDS
    is_audited: bool = True
    pauses_s: tuple[int, ...] = PAUSES_S


@dataclass(frozen=True, slots=True)
class Kept:
    """Media and keyring as they were at some moment: a backup, or a disk in a drawer."""

    media: Media
    keyring: Keyring


@dataclass
class World:
    """One history's tills, region, network and time. `wrong` collects what must not have happened."""

    plan: Plan
    random: Random
    mould: Mould
    elapsed_s: float = 0.0
    machines: list[Machine] = field(default_factory=list)
    gone: list[Machine] = field(default_factory=list)
    backups: list[tuple[Machine, Kept]] = field(default_factory=list)
    drawer: list[Kept] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    happened: Counter[str] = field(default_factory=Counter)
    region_copies: list[Copy] = field(default_factory=list)
    faces: list[Site] = field(default_factory=list)
    until_end: ExitStack = field(default_factory=ExitStack)

    def __post_init__(self) -> None:
        self.truth: Truth = self.mould.begun()
        self.site = Site(self.mould.host, self.mould.copy, self.truth, self.elapsed)
        folder = self.mould.folder / "history"
        self.post = Post(self.random, self.site, folder, self.plan.weather, page=self.plan.batch)
        for number in range(self.plan.tills):
            media, keyring = self.mould.tills[number]
            self.add(f"till {number}", media.copied(self.post.new_folder()), keyring.copied())

    @property
    def is_poisoned(self) -> bool:
        """Whether what the till and the region hold can never agree again."""
        return self.post.is_poisoned

    def poison(self) -> None:
        """From now on they cannot."""
        self.post.is_poisoned = True

    def elapsed(self) -> float:
        """Seconds since the beginning."""
        return self.elapsed_s

    def add(self, name: str, media: Media, keyring: Keyring) -> Machine:
        """A machine with a till on it, switched off."""
        machine = Machine(name, media, keyring, self.post, self.truth, clock_of(self.elapsed))
        self.machines.append(machine)
        return machine

    def another_face(self) -> Site:
        """Another face of the region, the same until now; those shown before go on as they are."""
        self.faces.append(Site(self.mould.others[len(self.faces)], self.site.copied(), self.truth, self.elapsed))
        return self.faces[-1]

    def close(self) -> None:
        """Let go of all files, and remove them."""
        for machine in [*self.machines, *self.gone]:
            machine.stop()
        self.until_end.close()
        for site in [self.site, *self.faces]:
            site.close()
        Media(self.post.folder).remove()

    # ── one step ─────────────────────────────────────────────────────────────────────────────────────────────────

    def step(self) -> None:
        """Time passes, and something happens."""
        self.elapsed_s += self.random.choice(self.plan.pauses_s)
        machine = self.random.choice(self.machines)
        if not machine.is_on:
            self.switch_on(machine)
        (act,) = self.random.choices(list(_ACTS), list(_ACTS.values()))
        getattr(self, act)(machine)

    def switch_on(self, machine: Machine) -> None:
        """Start a machine, if it is off, until it is on, or needs the region."""
        waits = machine.waits
        while not machine.is_on and machine.waits == waits:
            with self._lying():
                self._start(machine)

    def _start(self, machine: Machine) -> None:
        """Start a machine, and hold what it says against the truth."""
        self.wrong += starts.start(machine, self.site, self.truth, is_poisoned=self.is_poisoned)

    def sell(self, machine: Machine) -> None:
        """Some customers."""
        for _ in range(self.random.randint(1, 3)):
            if machine.is_on:
                machine.sell()

    def sync(self, machine: Machine) -> None:
        """A round of contact, in which the region may lie."""
        if machine.is_on:
            with self._lying():
                status = self.contact(machine)
            if status is not None and status.attention in _BETTER_RESTARTED and self.random.random() < 0.6:
                self.restart(machine)

    @contextmanager
    def _lying(self) -> Iterator[None]:
        """Perhaps the region lies, until the block ends."""
        if self.post.happens(self.plan.lies):
            told = [lie for lie in LIES if not self.plan.told or lie.name in self.plan.told]
            self.post.lie = self.random.choice(told)
        try:
            yield
        finally:
            self.post.lie = None

    def contact(self, machine: Machine) -> SyncStatus | None:
        """A round of contact. Where the region's answer cannot be true, the till must have noticed."""
        known = machine.running.proof()
        machine.line.heard.clear()
        status = machine.sync()
        if status is not None and status.reachable and machine.line.heard and known is not None:
            self._check_noticed(machine, status, known.checkpoint.note)
        return status

    def _check_noticed(self, machine: Machine, status: SyncStatus, known: str) -> None:
        lied, answer = machine.line.lied, machine.line.heard[-1]
        must = frozenset() if lied is None else lied.alarms
        if lied is not None:
            self.happened[f"lie: {lied.name}"] += 1
        if isinstance(answer, Pushed) and not self.truth.continues(answer.note, known):
            self.happened["answer of another ledger"] += 1
            must |= LIED
        if must and status.attention not in must:
            told = "another ledger" if lied is None else lied.name
            self.wrong.append(f"missed: {machine.name} did not notice {told} ({status.attention})")

    def crash(self, machine: Machine) -> None:
        """A power cut, sometimes in the middle of a sale."""
        if machine.is_on:
            self.happened["crash"] += 1
            if self.random.random() < 0.5:
                machine.sell_and_crash(self.random.random())
            else:
                machine.crash()

    def restart(self, machine: Machine) -> None:
        """Somebody ends the program, and starts it again."""
        machine.stop()
        self.switch_on(machine)

    def close_day(self, machine: Machine) -> None:
        """The session is closed."""
        if machine.is_on:
            machine.close_session()

    def network(self, machine: Machine) -> None:
        """The network parts, or comes together; for all, or for one."""
        if self.plan.weather is FAIR:
            return
        self.happened["partition"] += 1
        if self.random.random() < 0.5:
            self.post.is_parted = not self.post.is_parted
        else:
            machine.line.is_cut = not machine.line.is_cut

    def late_request(self, _: Machine) -> None:
        """A request that was thought lost arrives."""
        self.post.deliver_late()

    def region(self, _: Machine) -> None:
        """The region's machine is started, when it is down."""
        if not self.site.is_up:
            self.happened["region crash"] += 1
            self.site.start()

    def clock(self, machine: Machine) -> None:
        """A clock is put wrong, or right: a till's, or the region's."""
        if not self.plan.clocks:
            return
        self.happened["clock"] += 1
        off_s = self.random.choice((-86400 * 3, -3600, -90, -3, 0, 0, 3, 3600, 86400))
        if self.random.random() < 0.6:
            machine.clock_off = timedelta(seconds=off_s)
        else:
            self.site.clock_off_ms = off_s * 1000

    # ── what is left of what was written ─────────────────────────────────────────────────────────────────────────

    def copies(self) -> set[bytes]:
        """Every record of which there is a whole copy anywhere that the history can still reach."""
        found = self.site.main_hashes() | self.site.quarantined()
        scratch, envs = self.post.folder, self.truth.envs()
        for machine in self.machines:
            found |= records_on(machine.media, envs, scratch)
        return found | self.in_drawer()  # Backups are no copies: nobody would look there.

    def in_drawer(self) -> set[bytes]:
        """Every record on the disks of lost machines that may still turn up."""
        envs = self.truth.envs()
        return {digest for kept in self.drawer for digest in records_on(kept.media, envs, self.post.folder)}

    def told_of(self) -> set[bytes]:
        """Every record on a second medium that the last start of its till has asked somebody to bring to the region."""
        envs, found = self.truth.envs(), set[bytes]()
        for machine in self.machines:
            for name in machine.starts[-1].stranded if machine.starts else ():
                found |= {digest for digest, _ in shadow_frames((machine.media.stick / name).read_bytes(), envs)}
        return found

    def note_destroyed(self) -> None:
        """Records that have lost their last copy just now are not the program's loss."""
        self.truth.destroyed |= set(self.truth.records) - self.copies()

    # ── healing ──────────────────────────────────────────────────────────────────────────────────────────────────

    def heal(self) -> None:
        """First what is broken is started again in the weather there is. Then all can reach all, all clocks are right,
        whatever was on its way arrives, and all are started anew."""
        for machine in self.machines:
            if machine.touched:
                self.restart(machine)
                self.sync(machine)
        self.post.weather, self.post.is_parted, self.post.lie = FAIR, False, None
        self.site.host.statements_left = None
        self.elapsed_s += 4 * 86400
        self.site.clock_off_ms = 0
        self.site.start()
        while self.post.late:
            self.post.deliver_late()
        for machine in self.machines:
            machine.line.is_cut = False
            machine.clock_off = timedelta(0)
            machine.stop()
        for machine in self.machines:
            self._start(machine)
            if not machine.is_on:
                if not self.is_poisoned:
                    self.wrong.append(f"stopped: {machine.name} cannot start although all is well again")
                continue
            machine.sell()
            self._settle(machine)
        for machine in self.machines:
            if machine.status is not None and machine.status.attention is not None:
                self.restart(machine)
                self._settle(machine)

    def _settle(self, machine: Machine) -> None:
        """Everything to the region, as long as there is progress."""
        proved_seq = -2
        while machine.is_on:
            status = self.contact(machine)
            if status is None or not status.unsent or status.proved_seq == proved_seq:
                return
            proved_seq = status.proved_seq


_BETTER_RESTARTED = (Attention.FORK, Attention.REGION_AHEAD)
_ACTS = {
    "sell": 30,
    "sync": 20,
    "crash": 6,
    "restart": 5,
    "close_day": 5,
    "network": 5,
    "late_request": 4,
    "region": 6,
    "clock": 4,
}
