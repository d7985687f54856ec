"""How the till stands with its region: the quiet line at the bottom of every screen, and the page behind it (UX 2.17).

Offline is normal and grey. Red is only for what a person must do.
"""

import enum
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from kassaapp import wording
from kassaapp.i18n import _, ngettext
from kassaapp.register import Register
from sync.client.status import Attention, SyncStatus


class Tone(enum.StrEnum):
    """How loudly something is said; each tone has its own sign beside its colour."""

    OK = "ok"
    INFO = "info"
    SENDING = "sending"
    OFFLINE = "offline"
    WARN = "warn"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class SyncLine:
    """The status words in the bar. `aloud` is for a screen reader: empty when there is nothing to tell."""

    text: str
    tone: Tone
    aloud: str = ""


def sync_line(status: SyncStatus) -> SyncLine:
    """The one of four things to say."""
    if needs_a_person(status):
        text = _("1 post behöver åtgärdas")
        return SyncLine(text, Tone.ERROR, aloud=text)
    if not status.reachable:
        text = ngettext(
            "Frånkopplad – {count} post väntar. Kassan fungerar som vanligt.",
            "Frånkopplad – {count} poster väntar. Kassan fungerar som vanligt.",
            status.unsent,
        ).format(count=status.unsent)
        return SyncLine(text, Tone.OFFLINE, aloud=_("Frånkopplad. Kassan fungerar som vanligt."))
    if status.unsent:
        text = ngettext("Skickar {count} post", "Skickar {count} poster", status.unsent).format(count=status.unsent)
        return SyncLine(text, Tone.SENDING)
    return SyncLine(_("Allt skickat"), Tone.OK)


def needs_a_person(status: SyncStatus) -> bool:
    """Whether somebody must act. An answer that nobody understands, such as a proxy's page, is the network's fault and
    passes as offline."""
    return status.attention is not None and status.attention is not Attention.NOT_UNDERSTOOD


def offline_for(status: SyncStatus, now: datetime) -> timedelta:
    """For how long the region has not been heard; nothing while it answers, or when it never has."""
    if status.reachable or status.last_contact is None:
        return timedelta()
    return max(now - status.last_contact, timedelta())


@dataclass(frozen=True, slots=True)
class StatusView:
    """The page: what is so, one label and one text a row."""

    heading: str
    summary: str
    tone: Tone
    rows: tuple[tuple[str, str], ...]


class StatusScreen:
    """The page behind the status line."""

    def __init__(self, register: Register, sync_status: Callable[[], SyncStatus]) -> None:
        self._register = register
        self._sync_status = sync_status

    @property
    def view(self) -> StatusView:
        """What is shown."""
        status = self._sync_status()
        line = sync_line(status)
        return StatusView(_("Synkstatus"), line.text, line.tone, self._rows(status))

    def _rows(self, status: SyncStatus) -> tuple[tuple[str, str], ...]:
        return (
            (_("Kontakt"), self._contact(status)),
            (_("Väntar"), _waiting(status)),
            (_("Bekräftat"), _proved(status)),
            *self._disk(),
            (_("Kräver kontakt"), _("Nya prislistor och inställningar från regionen.")),
            (_("Behöver åtgärdas"), self._attention(status)),
        )

    @staticmethod
    def _contact(status: SyncStatus) -> str:
        if status.last_contact is None:
            return _("Ingen kontakt sedan kassan startade. Den försöker igen av sig själv.")
        when = wording.moment(status.last_contact.astimezone())
        if status.reachable:
            return _("Regionen svarade senast {when}.").format(when=when)
        return _("Frånkopplad. Senaste kontakt {when}. Kassan försöker igen av sig själv.").format(when=when)

    def _disk(self) -> tuple[tuple[str, str], ...]:
        room = self._register.disk_room
        if room is None:
            return ()
        warning = wording.disk_warning(room, support=self._register.configuration.support)
        left = _("{left} kvar på datorns disk.").format(left=wording.disk_left(room.free_bytes))
        return ((_("Diskutrymme"), warning or left),)

    def _attention(self, status: SyncStatus) -> str:
        if status.attention is None:
            return "–"
        return wording.attention(status.attention, support=self._register.configuration.support)


def _waiting(status: SyncStatus) -> str:
    if status.unsent == 0:
        return _("Inget. Allt är sparat här och hos regionen.")
    return ngettext(
        "{count} post. Den är sparad på den här datorn.",
        "{count} poster. De är sparade på den här datorn.",
        status.unsent,
    ).format(count=status.unsent)


def _proved(status: SyncStatus) -> str:
    if status.proved_seq < 0:
        return _("Regionen har inte bekräftat någon post ännu.")
    return _("Regionen har bekräftat alla poster till och med nummer {seq}.").format(seq=status.proved_seq)
