"""A test that cannot fail proves nothing: each check is taken out of the program, and the simulation must notice.

A canary changes the source of one function, by text, so that one that no longer fits says so. Where another line of
defence stands behind a check, taking out both must be noticed, and taking out the first alone must not.
"""

import inspect
import textwrap
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

from kassaapp import recovery
from kassaapp.journal import check, rebuild
from kassaapp.journal.chain import Chain
from kassaapp.journal.journal import Journal
from kassaapp.journal.second_medium import SecondMedium
from kassaapp.recovery import _Start
from sync.client import engine, recover
from sync.client.round import Round
from sync.server import ingest, ledger, succession
from sync.server.ledger import Ledger
from sync.server.signer import LedgerSigner
from sync.wire import checkpoint, config, tree
from tests.simulation.chance import swapped
from tests.simulation.history import Outcome, run
from tests.simulation.line import FAIR, Weather
from tests.simulation.world import Plan

MOST_HISTORIES = 150
"""At most so many are tried until one notices; most canaries need a single one."""


@dataclass(frozen=True, slots=True)
class Cut:
    """In a function of a module or class, the text `old` becomes `new`."""

    owner: Any
    function: str
    old: str
    new: str


@contextmanager
def without(cuts: Sequence[Cut]) -> Iterator[None]:
    """The program without these checks, until the block ends."""
    with ExitStack() as until_end:
        for owner, name in {(cut.owner, cut.function): None for cut in cuts}:
            function = inspect.unwrap(owner.__dict__[name])
            source = textwrap.dedent(inspect.getsource(function))
            for cut in cuts:
                if (cut.owner, cut.function) == (owner, name):
                    assert source.count(cut.old) == 1, f"{name} has changed: {cut.old!r}"
                    source = source.replace(cut.old, cut.new)
            space = dict(function.__globals__)
            exec(compile(source, f"<{name}, cut>", "exec"), space)  # noqa: S102 - our own source
            until_end.enter_context(swapped(owner, name, _in(function, space[name])))
        yield


def _in(before: Any, made: Any) -> Any:
    """The new function in the old one's name space, so that it sees what else is swapped there."""
    if isinstance(made, classmethod):
        return classmethod(_in(before, made.__func__))
    function = type(before)(made.__code__, before.__globals__, made.__name__, made.__defaults__, made.__closure__)
    function.__kwdefaults__ = made.__kwdefaults__
    return function


@dataclass(frozen=True, slots=True)
class Canary:
    """A check that is taken out, and histories in which it matters. `behind` is what stands behind it, if something
    does."""

    name: str
    cut: Cut
    aim: Plan
    behind: Cut | None = None

    def sings(self, most: int) -> Outcome | None:
        """The first history, of so many, that goes wrong without the check, and without what stands behind it, and goes
        well with it; None when none does."""
        cuts = [self.cut] if self.behind is None else [self.cut, self.behind]
        for seed in range(most):
            with without(cuts):
                outcome = run(seed, self.aim)
            if outcome.wrong and not run(seed, self.aim).wrong:
                return outcome
        return None

    def is_missed(self, most: int) -> bool:
        """Whether some history goes wrong without the check alone, although something stands behind it."""
        with without([self.cut]):
            return any(run(seed, self.aim).wrong for seed in range(most))


# ── how a check is taken out, and what is to happen then ─────────────────────────────────────────────────────────────


def _uncalled(owner: Any, function: str, called: str) -> Cut:
    """The function no longer calls a check."""
    return Cut(owner, function, f"{called}(", "(lambda *_, **__: None)(")


def _never(owner: Any, function: str, condition: str) -> Cut:
    """A condition never holds."""
    return Cut(owner, function, f"if {condition}", f"if False and {condition}")


def _aim(kind: str, chosen: tuple[str, ...] = (), *, weather: Weather = FAIR, **others: Any) -> Plan:
    """Histories of two tills in which this happens."""
    return Plan(kind, 2, 0, weather, chosen=chosen, is_audited=False, **others)


def _lie(*names: str) -> Plan:
    return _aim("byzantine", told=names, lies=0.8)


def _restore(*names: str) -> Plan:
    return _aim("mixed", ("restore",), told=names, lies=1.0)


EDIT = _aim("byzantine", ("edit",))
TWO_FACES = _aim("byzantine", ("two faces",))
BACKUP = _aim("byzantine", ("restored backup",))
INTRUDER = _aim("byzantine", ("intruder", "intruder"))
GARBLED = _aim("byzantine", ("faulty till", "faulty till"))
FAULTY = _aim("byzantine", ("faulty memory",))
FORGE = _aim("disks", ("forge", "forge"))
CLONE = _aim("disks", ("clone",), batch=2)
TWINS = _aim("disks", ("clone, then exchanged media",))
CUT = _aim("disks", ("cut", "cut"))
CUT_AND_AWAY = _aim("disks", ("cut",), weather=Weather(request_lost=0.6))
CLOCKS = _aim("honest", clocks=True, pauses_s=(1, 20))
INVENTED = _lie("names what is not in the tree", "bad inclusion")

_CONTINUES = _uncalled(engine, "_check_continues", "tree.verify_consistency")
_SIGNER = _uncalled(LedgerSigner, "sign", "tree.verify_consistency")
_SWALLOWED = _never(recover, "deliver", "wanted:")
_NEXT_WHOLE = _uncalled(Chain, "check_next", "record.check_parts")

TILL = (
    Canary("an answer: the ledger continues the one known", _CONTINUES, EDIT),
    Canary("an answer: the ledger does not shrink", _never(engine, "_check_continues", "head.size < before.size:"),
           _aim("byzantine", told=("smaller head",), lies=0.8, pauses_s=(30000,)), behind=_CONTINUES),
    Canary("an answer: its entry is in the ledger", _uncalled(engine, "_check_inclusion", "tree.verify_inclusion"),
           INVENTED),
    Canary("an answer: its entry names our record", _never(engine, "_read_pushed", "not _names_ours(records, proof):"),
           _lie("claims to have stored", "another's entry")),
    Canary("an answer: not more than there is", _never(engine, "_read_pushed", "proof.next > records.count():"),
           _lie("more than there is")),
    Canary("an answer: not less than was proved", _never(engine, "_read_pushed", "proof.next < max("),
           _lie("less than proved")),
    Canary("a conflict: not beyond what there is", _never(engine, "_read_gap", "answer.next > records.count():"),
           _lie("gap far ahead")),
    Canary("a conflict: another record, signed by us", _uncalled(engine, "_read_fork", "rec.check_signature"),
           _lie("forged fork")),
    Canary("a conflict: another record, not our own", _never(engine, "_read_fork", "other.hash == records.hash_of("),
           _lie("fork with own")),
    Canary("a checkpoint: signed by the ledger", _uncalled(checkpoint, "read", "signature.verify"),
           _lie("another key"), behind=_never(checkpoint, "_own_signature", "blob[:4] == _key_id(")),
    Canary("the tree: inclusion",
           Cut(tree, "verify_inclusion", "if last != 0 or digest != root_hash:", "if False:"), INVENTED),
    Canary("the tree: consistency", _never(tree, "verify_consistency", "_both_roots("), EDIT),
    Canary("the tree: same size, same root",
           Cut(tree, "verify_consistency", "if proof or not same:", "if False:"), TWO_FACES),
    Canary("a round: a lie is told to people",
           Cut(Round, "_settle", "return Attention.REGION_LIED", "return None"), _lie("bad consistency")),
    Canary("a configuration: signed by who may", _uncalled(config, "_check_chain", "rec.check_signature"),
           _lie("forged configuration")),
)  # fmt: skip
JOURNAL = (
    Canary("a start: every link", _uncalled(check, "checked_frames", "record.check_link"), FORGE),
    Canary("a start: every content", _uncalled(check, "checked_frames", "record.check_parts"), FORGE),
    Canary("a start: what was proved is there", Cut(Journal, "_check_proved", "if proved is None:", "if True:"),
           CUT_AND_AWAY),
    Canary("a start: the second medium's records are ours", _never(Journal, "_from_second_medium", "common and"),
           TWINS),
    Canary("a start: what was proved is the same", _never(Journal, "_check_proved", "seq not in self._chain.gaps and"),
           _aim("disks", ("clone, then exchanged media", "cut", "cut")),
           behind=Cut(Journal, "_check_proved_one", "if proved is None or", "if True or proved is None or")),
    Canary("a start: no new mark before it is told", Cut(Journal, "_keep_mark", " and self._marking", ""),
           _aim("disks", ("cut", "cut", "cut"), weather=Weather(request_lost=0.5), batch=2)),
    Canary("a start: a file of less than a page is none",
           Cut(Journal, "open", " or path.stat().st_size < database.PAGE_BYTES", ""), _aim("disks", ("wipe",)),
           behind=Cut(recovery, "_rebuilt", 'str(found).startswith("format")', "True")),
    Canary("a start: what stands after damage", Cut(SecondMedium, "after_damage", "yield from", "yield from () and"),
           _aim("disks", ("rot in both media",), weather=Weather(request_lost=0.6))),
    Canary("a start: the mark", Cut(Journal, "beyond_mark", "return None if held else", "return None if True else"),
           CUT_AND_AWAY),
    Canary("a close: the mark is kept", _uncalled(Journal, "append_all", "self._keep_mark"), CUT),
    Canary("a contact: the mark is kept", _uncalled(Journal, "keep", "self._keep_mark"), CUT),
    Canary("recovery: the region is asked", _never(_Start, "_with_region", "compared.fork is not None:"), CLONE),
    Canary("recovery: a branch is delivered", _uncalled(recover, "deliver", "link.push"), CLONE),
    Canary("recovery: a branch that is swallowed", _SWALLOWED,
           _aim("mixed", ("clone",), told=("claims to have stored",), lies=0.5)),
    Canary("recovery: what comes back is signed by us", _uncalled(recover, "compare", "record.check_signature"),
           _restore("records of another key"), behind=_SWALLOWED),
    Canary("recovery: what comes back is whole", _uncalled(recover, "compare", "record.check_parts"),
           _restore("changed content of records"), behind=_NEXT_WHOLE),
    Canary("recovery: a twin's successor is left to it", Cut(recover, "successor", "raise Taken", "pass"),
           _aim("disks", ("forge", "forge", "clone", "clone"), weather=Weather(answer_lost=0.3))),
    Canary("a rebuilt journal: contents", _uncalled(rebuild, "_add", "record.check_parts"), FORGE),
    Canary("a rebuilt journal: signatures", _uncalled(rebuild, "_add", "record.check_signature"), FORGE),
)  # fmt: skip
REGION = (
    Canary("ingest: links", _uncalled(ingest, "_checked", "rec.check_link"), GARBLED),
    Canary("ingest: contents", _uncalled(ingest, "_checked", "rec.check_parts"), GARBLED),
    Canary("ingest: the newest signature", _uncalled(ingest, "_is_signed", "rec.check_signature"), INTRUDER),
    Canary("ingest: another record in one place", _never(ingest, "_accept", "one.record.hash != digest:"), CLONE),
    Canary("ingest: a branch is kept", _uncalled(ingest, "_keep_aside", "quarantine.keep"), CLONE),
    Canary("ingest: a fork is flagged", _uncalled(ingest, "_mark_forks", "storage.add_flag"), CLONE),
    Canary("ingest: what was stored is read back", _never(ingest, "_read_back", "hashes != ["), FAULTY),
    Canary("the ledger: what was stored is read back",
           Cut(ledger, "_check_stored", "if len(hashes) != end - first or any(", "if False and any("), FAULTY),
    Canary("the ledger: time does not go back", _never(Ledger, "_time_after", "now_ms < newest_ms"), CLOCKS),
    Canary("the ledger: not smaller than was signed", _never(Ledger, "_read_back", "size < last.size:"), BACKUP),
    Canary("the signer: only what continues", _SIGNER, _aim("byzantine", ("edit", "swap", "edit"))),
    Canary("succession: one key, one certificate", _never(succession, "_made_before", "not known:"),
           _aim("disks", ("clone",), weather=Weather(answer_lost=0.3, twice=0.3))),
    Canary("succession: the chain before is closed", _never(succession, "_bear", "chain.closed_ms is None:"), CLONE),
)  # fmt: skip
CANARIES = TILL + JOURNAL + REGION
