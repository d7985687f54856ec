"""The papers on their way out of a printer: none is lost while the printer stands still, and an original that may be
out already is printed again only when somebody has looked and said that it is not (UX E50–E52, R40).

The queue is in memory. What the journal has no word of as printed is asked about at the next start.
"""

import enum
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Protocol, TypeVar

from kassaapp.i18n import _, ngettext
from kassaapp.printer import Outcome, State
from kassaapp.screens.after_sale import Paper
from kassaapp.screens.status import Tone

T = TypeVar("T")


class Run(Protocol):
    """Does work beside the till, in order: `ui.background.Background.run` is one."""

    def __call__(
        self, work: Callable[[], T], then: Callable[[T], None], failed: Callable[[Exception], None], /
    ) -> None:
        """Do `work`, and give its answer to `then` or what it raised to `failed`."""


class Wish(enum.Enum):
    """What can be asked for."""

    AGAIN = enum.auto()
    AS_FILES = enum.auto()
    CAME_OUT = enum.auto()
    DID_NOT = enum.auto()


@dataclass(frozen=True, slots=True)
class Action:
    """A button; `key` does the same."""

    text: str
    wish: Wish
    key: str = ""


@dataclass(frozen=True, slots=True)
class PrintingView:
    """What is said, and what can be done about it. No text: there is nothing to say."""

    text: str = ""
    tone: Tone = Tone.WARN
    actions: tuple[Action, ...] = ()


@dataclass(slots=True, eq=False)
class Job:
    """A paper that is to come out.

    `name` is one of its own, `title` what a person calls it; `original` is said of a receipt that is no copy. `print`
    and `put` are done beside the till: the first prints, and is told whether an attempt has broken off before; the
    second makes a file instead. `out` is called when it has come out, and `news` with what becomes of it.
    """

    name: str
    title: str
    original: bool
    print: Callable[[bool], Outcome]
    put: Callable[[], object]
    out: Callable[[], None]
    news: Callable[[Paper], None]


class Printing:
    """One printer's queue. `changed` is called when `view` says something else. `is_roll`: the receipt printer, else
    the one for A4."""

    def __init__(self, run: Run, changed: Callable[[], None], *, is_roll: bool = True) -> None:
        self._run = run
        self._changed = changed
        self._is_roll = is_roll
        self._waiting: list[Job] = []
        self._doubtful: list[Job] = []
        self._busy = self._broken = False
        self._stopped: Outcome | None = None

    @property
    def view(self) -> PrintingView:
        """What there is to say: first what must be looked for in the printer."""
        if self._doubtful:
            return self._ask(self._doubtful[0])
        if self._stopped is None or not self._waiting:
            return PrintingView()
        words = f"{self._what_is_wrong(self._stopped)} {self._what_waits()} {self._what_to_do(self._stopped)}"
        again = _("Försök igen") if self._stopped is Outcome.NOT_ANSWERING else _("Skriv ut igen")
        as_files = _("Spara som fil i stället")
        return PrintingView(words, Tone.WARN, (Action(again, Wish.AGAIN, "Ctrl+P"), Action(as_files, Wish.AS_FILES)))

    @property
    def left(self) -> tuple[Job, ...]:
        """What has not come out, as far as is known."""
        return (*self._doubtful, *self._waiting)

    def has(self, name: str) -> bool:
        """Whether the paper of that name is here already."""
        return any(job.name == name for job in self.left)

    def add(self, job: Job) -> None:
        """Print it when its turn comes. A printer that stood still is tried anew."""
        self._waiting.append(job)
        self._go()

    def do(self, wish: Wish) -> None:
        """Do what was asked for."""
        match wish:
            case Wish.AGAIN:
                self._again()
            case Wish.AS_FILES:
                self._as_files()
            case Wish.CAME_OUT:
                self._came_out()
            case Wish.DID_NOT:
                self._did_not()

    # ── printing ─────────────────────────────────────────────────────────────────────────────────────────────────

    def _go(self) -> None:
        if self._busy or not self._waiting:
            return
        self._busy = True
        job, broken = self._waiting[0], self._broken
        self._run(lambda: job.print(broken), partial(self._told, job), self._failed)

    def _told(self, job: Job, outcome: Outcome) -> None:
        """The printer has done what it could with a paper."""
        self._busy = False
        if outcome is Outcome.OUT:
            self._stopped, self._broken = None, False
            self._waiting.remove(job)
            self._is_out(job, Paper.PRINTED)
            self._go()
        elif outcome is Outcome.UNKNOWN:
            self._broken = True
            self._waiting.remove(job)
            self._doubtful.append(job)
            job.news(Paper.UNSURE)
            self._go()
        else:
            self._stopped = outcome
            for waiting in self._waiting:
                waiting.news(Paper.WAITING)
        self._changed()

    def _failed(self, error: Exception) -> None:
        raise error

    def _is_out(self, job: Job, paper: Paper) -> None:
        job.out()
        job.news(paper)

    # ── what was asked for ───────────────────────────────────────────────────────────────────────────────────────

    def _again(self) -> None:
        if not self._busy:
            for job in self._waiting:
                job.news(Paper.UNDER_WAY)
            self._go()

    def _as_files(self) -> None:
        """Make files of what waits. One that cannot be made goes on waiting."""
        if self._busy or not self._waiting:
            return
        self._busy = True
        job = self._waiting[0]
        self._run(job.put, lambda _made: self._put(job), self._not_put)

    def _put(self, job: Job) -> None:
        self._busy = False
        self._waiting.remove(job)
        self._is_out(job, Paper.SAVED)
        self._as_files()
        self._changed()

    def _not_put(self, error: Exception) -> None:
        self._busy = False
        if not isinstance(error, OSError):
            raise error
        self._changed()

    def _came_out(self) -> None:
        if self._doubtful:
            self._is_out(self._doubtful.pop(0), Paper.PRINTED)
            self._changed()

    def _did_not(self) -> None:
        """Somebody has looked: print it, before all that has waited."""
        if self._doubtful:
            job = self._doubtful.pop(0)
            self._waiting.insert(1 if self._busy else 0, job)
            job.news(Paper.UNDER_WAY)
            self._go()
            self._changed()

    # ── words ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _ask(self, job: Job) -> PrintingView:
        """E52."""
        words = _("Kassan vet inte om {paper} skrevs ut. Titta i skrivaren.").format(paper=_within(job.title))
        came, did_not = _("Det kom ut"), _("Det kom inte ut – skriv ut")
        return PrintingView(words, Tone.WARN, (Action(came, Wish.CAME_OUT), Action(did_not, Wish.DID_NOT)))

    def _what_is_wrong(self, outcome: Outcome) -> str:
        match outcome:
            case Outcome.NO_PAPER:
                return _("Papperet är slut i kvittoskrivaren.")
            case Outcome.COVER_OPEN:
                return _("Luckan på kvittoskrivaren är öppen.")
            case Outcome.NOT_READY:
                return _("Kvittoskrivaren har stannat.")
            case _ if self._is_roll:
                return _("Kvittoskrivaren svarar inte.")
            case _:
                return _("Datorn hittar inte skrivaren för A4.")

    def _what_waits(self) -> str:
        originals = [job for job in self._waiting if job.original]
        if len(self._waiting) > 1:
            count = len(self._waiting)
            return ngettext(
                "Allt är registrerat, {count} papper väntar på utskrift.",
                "Allt är registrerat, {count} papper väntar på utskrift.",
                count,
            ).format(count=count)
        if originals:
            return _("Betalningen är registrerad ({paper}).").format(paper=_within(originals[0].title))
        return _("{paper} väntar på utskrift.").format(paper=self._waiting[0].title)

    def _what_to_do(self, outcome: Outcome) -> str:
        after = _("Nästa patient kan tas emot under tiden.")
        match outcome:
            case Outcome.NO_PAPER:
                do = _("Byt rulle och skriv ut igen.")
            case Outcome.COVER_OPEN:
                do = _("Stäng luckan och skriv ut igen.")
            case Outcome.NOT_READY:
                do = _("Se efter på skrivaren om papper sitter fast, och skriv ut igen.")
            case _:
                do = _("Kontrollera att den är på och att kabeln sitter i.")
        return f"{do} {after}"


def _within(title: str) -> str:
    """The title of a paper as it is written within a sentence; a Z stays a Z."""
    return title if title[1:2] == "-" else title[:1].lower() + title[1:]


def state_words(state: State) -> tuple[str, Tone]:
    """How the receipt printer is, for the page about the till (UX 2.18)."""
    match state:
        case State.READY:
            return _("Papper ok"), Tone.OK
        case State.PAPER_LOW:
            return _("Rullen är snart slut"), Tone.WARN
        case State.NO_PAPER:
            return _("Papperet är slut"), Tone.WARN
        case State.COVER_OPEN:
            return _("Luckan är öppen"), Tone.WARN
        case State.NOT_READY:
            return _("Skrivaren har stannat"), Tone.WARN
        case State.SILENT:
            return _("Skrivaren säger inte hur den mår"), Tone.OK
        case State.UNREACHABLE:
            return _("Skrivaren svarar inte"), Tone.WARN
