"""About the till, and how it is: what somebody on the telephone asks for, and nothing about persons (UX 2.18)."""

import enum
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from kassaapp import VERSION, wording
from kassaapp.domain.events import CheckResult
from kassaapp.history import Filter, History, Row
from kassaapp.i18n import _, ngettext
from kassaapp.register import Register
from kassaapp.screens.status import Tone, needs_a_person, sync_line
from kassaapp.wording.amounts import NARROW_SPACE
from sync.client.status import SyncStatus

EXEMPTION_WARNING = timedelta(days=90)
"""So long before its last day the exemption is told of as ending (E69)."""
_TROUBLED = {CheckResult.TAIL_CUT.value, CheckResult.RESTORED.value, CheckResult.SUCCEEDED.value}


class Medium(enum.Enum):
    """How the second storage medium is."""

    NONE = enum.auto()
    WRITTEN = enum.auto()
    LOST = enum.auto()


@dataclass(frozen=True, slots=True)
class Fact:
    """One row: what it is about, how well it is, and what is so."""

    label: str
    tone: Tone
    text: str


@dataclass(frozen=True, slots=True)
class AboutView:
    """All that is shown. `save` is "" where nothing can be saved; `copied` says where the diagnostics are now."""

    heading: str
    facts: tuple[Fact, ...]
    copy: str
    copied: str
    save: str = ""


class AboutScreen:
    """`records` counts the journal's, `medium` tells how the second medium is, and `more` gives the rows of whatever is
    connected, such as printer and scanner. `copy` puts a text on the clipboard; `save` writes a file with more, says
    which, and raises OSError."""

    def __init__(
        self,
        register: Register,
        history: History,
        sync_status: Callable[[], SyncStatus],
        *,
        records: Callable[[], int],
        medium: Callable[[], Medium],
        copy: Callable[[str], None],
        more: Callable[[], Sequence[Fact]] = tuple,
        save: Callable[[], str] | None = None,
    ) -> None:
        self._register = register
        self._history = history
        self._sync_status = sync_status
        self._records = records
        self._medium = medium
        self._copy = copy
        self._more = more
        self._save = save
        self._copied = ""

    def begin(self) -> None:
        """The screen is opened."""
        self._copied = ""

    @property
    def view(self) -> AboutView:
        """What is shown."""
        return AboutView(
            heading=_("Om kassan och diagnostik"),
            facts=self._facts(),
            copy=_("&Kopiera diagnostik utan personuppgifter"),
            copied=self._copied,
            save=_("Spara diagnostik som &fil") if self._save is not None else "",
        )

    def copy(self) -> None:
        """Put all of it on the clipboard."""
        self._copy(self.text())
        self._copied = _("Diagnostiken är kopierad. Klistra in den i ett ärende eller ett mejl.")

    def save(self) -> None:
        """Write a file with all that whoever helps needs."""
        assert self._save is not None
        try:
            self._copied = _("Diagnostiken är sparad i {path}. Den innehåller inga personuppgifter.").format(
                path=self._save()
            )
        except OSError:
            self._copied = _("Diagnostiken kunde inte sparas på disken. Kopiera den i stället.")

    def text(self) -> str:
        """All of it as text: about machines, never about persons."""
        status = self._sync_status()
        rows = [(fact.label, fact.text) for fact in self._facts()]
        rows.append((_("Poster som väntar"), str(status.unsent)))
        rows.append((_("Bekräftat av servern till och med post"), str(status.proved_seq)))
        rows.append((_("Behöver åtgärdas"), "–" if status.attention is None else status.attention.value))
        return "\n".join(f"{label}: {text}" for label, text in rows) + "\n"

    # ── inside ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _facts(self) -> tuple[Fact, ...]:
        return (
            self._program(),
            self._prices(),
            self._exemption(),
            self._journal(),
            self._disk(),
            self._clock(),
            self._second_medium(),
            self._server(),
            *self._more(),
        )

    def _program(self) -> Fact:
        configuration, till = self._register.configuration, self._register.till
        who = f"{configuration.register}{till.letter} · {configuration.clinic.name} · {configuration.desk}"
        return Fact(_("Kassa"), Tone.INFO, _("Version {version} · {who}").format(version=VERSION, who=who))

    def _prices(self) -> Fact:
        taken = self._last("config")
        number = self._register.configuration.number
        since = wording.moment(taken.at) if taken is not None else "–"
        words = _("Nummer {number}, gäller i kassan sedan {since}").format(number=number, since=since)
        return Fact(_("Prislista"), Tone.INFO, words)

    def _exemption(self) -> Fact:
        words, last = self._register.configuration.clinic.exemption, self._register.configuration.exemption_until
        today = self._register.now().date()
        if last is None or last - today > EXEMPTION_WARNING:
            return Fact(_("Undantag"), Tone.INFO, words)
        days = max((last - today).days, 0)
        left = ngettext("{count} dag kvar", "{count} dagar kvar", days).format(count=days)
        return Fact(_("Undantag"), Tone.WARN, f"{words} ({left})")

    def _journal(self) -> Fact:
        started, count = self._last("start"), self._records()
        records = ngettext("{count} post", "{count} poster", count).format(count=_grouped(count))
        if started is None:
            return Fact(_("Journal"), Tone.INFO, records)
        found = wording.check_result(CheckResult(started.result))
        words = _("{records} · kontrollerad {when}: {found}").format(
            records=records, when=wording.moment(started.at), found=found
        )
        return Fact(_("Journal"), Tone.WARN if started.result in _TROUBLED else Tone.OK, words)

    def _disk(self) -> Fact:
        room = self._register.disk_room
        if room is None:
            return Fact(_("Disk"), Tone.INFO, _("Utrymmet mäts inte."))
        left = _("{left} kvar").format(left=wording.disk_left(room.free_bytes))
        return Fact(_("Disk"), Tone.ERROR if room.is_full else Tone.WARN if room.is_low else Tone.OK, left)

    def _clock(self) -> Fact:
        now, back = self._register.now(), self._last("clock")
        if back is not None and back.at.date() == now.date():
            words = _("{now} · ställd bakåt {when}").format(now=wording.moment(now), when=wording.clock(back.at))
            return Fact(_("Klocka"), Tone.WARN, words)
        return Fact(_("Klocka"), Tone.OK, _("{now} · inte ställd bakåt i dag").format(now=wording.moment(now)))

    def _second_medium(self) -> Fact:
        label = _("Extra kopia")
        match self._medium():
            case Medium.NONE:
                return Fact(label, Tone.INFO, _("Kassan har inget andra lagringsmedium."))
            case Medium.WRITTEN:
                return Fact(label, Tone.OK, _("Skrivs på det andra lagringsmediet."))
            case Medium.LOST:
                return Fact(label, Tone.WARN, _("Det andra lagringsmediet kan inte skrivas."))

    def _server(self) -> Fact:
        status = self._sync_status()
        contact = status.last_contact
        heard = _("Ingen kontakt sedan kassan startade.")
        if contact is not None:
            heard = _("Senaste kontakt {when}.").format(when=wording.moment(contact.astimezone()))
        words = f"{sync_line(status).text.rstrip('.')}. {heard}"
        tone = Tone.ERROR if needs_a_person(status) else Tone.OK if status.reachable else Tone.OFFLINE
        return Fact(_("Server"), tone, words)

    def _last(self, kind: str) -> Row | None:
        rows = self._history.find(Filter(kind=kind))
        return rows[-1] if rows else None


def _grouped(count: int) -> str:
    """A number with a narrow space between thousands."""
    return f"{count:,}".replace(",", NARROW_SPACE)
