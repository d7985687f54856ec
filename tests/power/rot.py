"""T8, bits that flip: every bit of a small journal, of its second medium, of its keys, and of an answer of the region.

    python -m tests.power.rot [--share N] [--starts N]

Every bit of the journal's file is flipped in turn, and the verifier's own page check must see it; every bit of the
second medium, and the till's own reader must see it. For a seeded choice of the bits (`--starts`) the whole tool of the
auditor is run on the flipped evidence, and the whole start of the till: what is lost must come back from another copy,
or the till must refuse; never may anything be missing without a word. Of an answer of the region every bit is flipped:
it is refused, or proves the very same; two fields prove nothing and are named here, and no other may change.
"""

import argparse
import copy
import json
import logging
import random
import secrets
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from io import BytesIO
from pathlib import Path

from kassaapp.domain.events import CheckResult
from kassaapp.journal import shadow
from kassaapp.trouble import JournalUnreadable, Trouble
from kassaapp.verify import reader
from kassaapp.verify.audit import audit
from kassaapp.verify.content import NotAJournal
from sync.client import engine
from sync.client.engine import Outcome, Proved
from sync.client.transport import Sender
from sync.wire.errors import Malformed
from sync.wire.messages import Pushed
from tests.power.cuts import BROKEN, a_folder, say
from tests.power.region import Region
from tests.power.till import NOWHERE, Till

RECORDS = 10
REFUSED, GAP = "refused", "a gap, said so"
UNPROVED = {"config_seq", "nonce"}
"""Fields of an answer that are not proved: the number of the newest configuration, which is asked for and proves
itself, and the nonce for the next request, of which a wrong one is refused."""

Reading = Callable[[Pushed], Outcome]


@dataclass(slots=True)
class Counts:
    """How many bits were flipped, and what became of each; `missed` must stay empty."""

    flipped: int = 0
    became: dict[str, int] = field(default_factory=dict)
    missed: list[str] = field(default_factory=list)

    def note(self, what: str) -> None:
        """One more bit, and what became of it."""
        self.flipped += 1
        self.became[what] = self.became.get(what, 0) + 1


@dataclass(frozen=True, slots=True)
class Specimen:
    """A till's folder as bytes, with all it had recorded, and its region."""

    files: Mapping[Path, tuple[int, bytes]]
    hashes: tuple[bytes, ...]
    region: Region
    second_medium: str

    def journal(self) -> bytes:
        return self.files[Path("H/journal.db")][1]

    def lay_out(self, folder: Path) -> Till:
        """Put it into a folder, as it was."""
        for path, (mode, raw) in self.files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(raw)
            (folder / path).chmod(mode)
        return Till(folder, copy.deepcopy(self.region), random.Random(1), second_medium=self.second_medium)


def specimen(*, second_medium: bool, proved: bool, killed: bool = False) -> Specimen:
    """A small till: with or without a second medium, its records at the region or not, closed or killed."""
    setattr(secrets, "_sysrand", random.Random("rot"))  # noqa: B010
    with a_folder() as folder:
        region, where = Region(), "" if second_medium else NOWHERE
        till = Till(folder, region, random.Random("rot"), second_medium=where)
        till.enrol()
        till.start()
        till.append(till.counter.start())
        while till.journal.count() < RECORDS:
            till.sell()
        till.append(till.counter.closing())
        if proved:
            till.contact()
        if not killed:
            till.close()
        files = {
            path.relative_to(folder): (path.stat().st_mode, path.read_bytes())
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        }
        if killed:
            till.close()
        with_hashes = till.start()
        hashes = tuple(written.hash for written in with_hashes.past)
        till.close()
    return Specimen(files, hashes, region, where)


def flipped(raw: bytes, bit: int) -> bytes:
    """The bytes with one bit the other way."""
    changed = bytearray(raw)
    changed[bit // 8] ^= 1 << (bit % 8)
    return bytes(changed)


# ── every bit ────────────────────────────────────────────────────────────────────────────────────────────────────────


def every_page(one: Specimen, share: int) -> Counts:
    """Bits of the journal against the verifier's page check, page by page; each `share`-th of them."""
    counts, raw = Counts(), one.journal()
    for at in range(0, len(raw), reader.PAGE_BYTES):
        page = raw[at : at + reader.PAGE_BYTES]
        if reader._bad_pages(BytesIO(page)):
            counts.missed.append(f"page at {at} is bad as it is")
        for bit in range(at // reader.PAGE_BYTES % share, len(page) * 8, share):
            if reader._bad_pages(BytesIO(flipped(page, bit))) == [1]:
                counts.note("seen by the page check")
            else:
                counts.missed.append(f"journal.db bit {at * 8 + bit}")
    return counts


def every_frame(one: Specimen, share: int) -> Counts:
    """Bits of the second medium against the till's reader; each `share`-th of them."""
    counts, raw = Counts(), one.files[Path("H/shadow.kj")][1]
    with a_folder() as folder:
        path = folder / "shadow.kj"
        path.write_bytes(raw)
        whole = shadow.read(path)
        for bit in range(0, len(raw) * 8, share):
            path.write_bytes(flipped(raw, bit))
            counts.note(_seen(path, whole, counts, bit))
    return counts


def _seen(path: Path, whole: shadow.ShadowContent, counts: Counts, bit: int) -> str:
    try:
        found = shadow.read(path)
    except JournalUnreadable:
        return "unreadable"
    if found.damaged is not None:
        return "damaged"
    if found.torn:
        return "torn"
    if found.chain != whole.chain:
        return "another chain"
    counts.missed.append(f"shadow.kj bit {bit}")
    return "missed"


def every_answer(one: Specimen, share: int) -> Counts:
    """Bits of an answer of the region, as the till reads it; each `share`-th of them."""
    counts = Counts()
    with a_folder() as folder:
        till = one.lay_out(folder)
        journal = till.start().journal
        till.append(till.counter.start())
        push = engine.next_push(journal)
        true = till.region.push(Sender(journal.enrolment.chain, journal.signer), push)
        assert isinstance(true, Pushed)
        read = partial(engine.read_answer, journal, journal.trust, push)
        raw = true.encode()
        for bit in range(0, len(raw) * 8, share):
            became = _answered(flipped(raw, bit), true, read)
            counts.note(became)
            if became == "taken for another":
                counts.missed.append(f"answer bit {bit}")
        till.close()
    return counts


def _answered(raw: bytes, true: Pushed, read: Reading) -> str:
    """What a till makes of an answer, beside what it makes of the true one."""
    try:
        answer = Pushed.read(raw)
    except Malformed:
        return "malformed"
    outcome, meant = read(answer), read(true)
    assert isinstance(meant, Proved)
    if not isinstance(outcome, Proved):
        return type(outcome).__name__
    before, after = asdict(true), asdict(answer)
    changed = {name for name in before if before[name] != after[name]}
    if outcome.proof == meant.proof and changed <= UNPROVED:
        return f"the same, but for {', '.join(sorted(changed))}"
    return "taken for another"


# ── whole starts, and the whole tool of the auditor ──────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Trial:
    """Which file's bits are flipped, whether the auditor must see each, and what the start may become of it."""

    specimen: Specimen
    path: Path
    may_become: frozenset[str]
    audited: bool = False


def starts(trial: Trial, bits: Iterable[int]) -> Counts:
    """Flip bits of one file, and start the till on it. A refusal must have done no harm."""
    counts = Counts()
    for bit in bits:
        with a_folder() as folder:
            till = trial.specimen.lay_out(folder)
            file = folder / trial.path
            file.write_bytes(flipped(file.read_bytes(), bit))
            if trial.audited and not _is_seen_by_the_auditor(till):
                counts.missed.append(f"{trial.path} bit {bit}: the auditor sees nothing")
            became = _started(till, trial.specimen)
            if became == REFUSED:
                file.write_bytes(trial.specimen.files[trial.path][1])
                again = _started(till, trial.specimen)
                became = REFUSED if again == CheckResult.INTACT else f"refused, and when it is put right {again}"
            counts.note(became)
            if became not in trial.may_become:
                counts.missed.append(f"{trial.path} bit {bit}: {became}")
    return counts


def _is_seen_by_the_auditor(till: Till) -> bool:
    try:
        report = audit(till.path)
    except NotAJournal:
        return True
    return bool(report.findings or report.warnings)


def _started(till: Till, one: Specimen) -> str:
    """Start, sell, and say what the start found."""
    try:
        opened = till.start(till.region)
        there = tuple(written.hash for written in opened.past)
        if opened.check is CheckResult.SUCCEEDED and not set(one.hashes) <= set(there):
            till.close()
            return GAP
        if there[: len(one.hashes)] != one.hashes:
            return f"{opened.check.value}, and {len(one.hashes) - len(there)} records are gone"
        till.append(till.counter.start(opened.check, opened.restored, opened.mark))
        till.sell()
        till.close()
    except Trouble:
        return REFUSED
    except BROKEN as broken:
        return f"broke: {type(broken).__name__}: {broken}"
    finally:
        till.abandon()
    return opened.check.value


def drawn(raw: bytes, number: int, what: str) -> list[int]:
    """A seeded choice of bits; all of them when there are not so many."""
    bits = len(raw) * 8
    return list(range(bits)) if bits <= number else sorted(random.Random(what).sample(range(bits), number))


def trials() -> dict[str, Trial]:
    """Every file of a till, with another copy of its records and without."""
    both, alone = specimen(second_medium=True, proved=False), specimen(second_medium=False, proved=False)
    region, killed = specimen(second_medium=False, proved=True), specimen(second_medium=True, proved=False, killed=True)
    journal, repaired, intact = Path("H/journal.db"), frozenset({"repaired"}), frozenset({"intact"})
    made = {
        "journal, second medium": Trial(both, journal, repaired, audited=True),
        "journal, region": Trial(region, journal, repaired, audited=True),
        "journal, no other copy": Trial(alone, journal, repaired | {REFUSED, GAP}, audited=True),
        "log of a killed till": Trial(killed, Path("H/journal.db-wal"), intact | {"restored"}),
        "second medium": Trial(both, Path("H/shadow.kj"), intact, audited=True),
        "certificate": Trial(both, Path("H/certificate.json"), intact),
    }
    for path in both.files:
        if path.suffix == ".key":
            made["key"] = Trial(both, path, intact | {REFUSED})
        if path.suffix == ".mark":
            made["mark"] = Trial(both, path, intact | {"tail-cut"})
    return made


def all_starts(number: int) -> dict[str, Counts]:
    """Whole starts on flipped bits of every file of a till, `number` of each."""
    made = {}
    for name, trial in trials().items():
        made[name] = counts = starts(trial, drawn(trial.specimen.files[trial.path][1], number, name))
        say(f"{name}: {counts.became}, {len(counts.missed)} missed {counts.missed[:3]}")
    return made


def main(arguments: Sequence[str]) -> int:
    """Flip them; 0 when none was missed."""
    parser = argparse.ArgumentParser(prog="python -m tests.power.rot")
    parser.add_argument("--share", type=int, default=1, help="only each so many of the bits")
    parser.add_argument("--starts", type=int, default=2000, help="how many bits of each file to start the till on")
    asked = parser.parse_args(arguments)
    logging.disable(logging.CRITICAL)
    both = specimen(second_medium=True, proved=False)
    made = {}
    shares = {every_frame: asked.share, every_answer: 1, every_page: asked.share}
    for every, share in shares.items():
        name = every.__name__.replace("_", " ")
        made[name] = every(both, share)
        say(f"{name}: {made[name].flipped} bits, {made[name].became}, {len(made[name].missed)} missed")
    made |= all_starts(asked.starts)
    sys.stdout.write(json.dumps({name: asdict(counts) for name, counts in made.items()}) + "\n")
    return 1 if any(counts.missed for counts in made.values()) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
