"""Every trouble in a sentence or two, and what a person should know about the contact with the region (UX 3).

Matches on the type of the exception. A type without words is a mistake in the program, found by a test.
"""

import errno
from datetime import datetime

from kassaapp.i18n import _
from kassaapp.trouble import (
    AccountsMissing,
    AlreadyEnrolled,
    BadClinicFile,
    BadConfiguration,
    BadRequest,
    CannotWrite,
    DiskFailed,
    DiskFull,
    JournalDamaged,
    JournalInUse,
    JournalMissing,
    JournalNewer,
    JournalUnreadable,
    KeyMissing,
    NeedsRegion,
    NoExport,
    NoKeyring,
    NotEnrolled,
    NothingThere,
    NotPermitted,
    NotTheRegion,
    NotWholeYet,
    PlaceTaken,
    RefusedByRegion,
    Stopped,
    Trouble,
    Unreachable,
    UnsuitablePlace,
)
from kassaapp.wording.amounts import moment
from kassaapp.wording.words import call
from sync.client.status import Attention


def explain_trouble(trouble: Trouble, *, support: str = "") -> str:
    """Say what failed around the till, what is safe and what to do. `support` as in `explain`."""
    words = (
        _about_journal(trouble, support)
        or _about_disk(trouble, support)
        or _about_place(trouble, support)
        or _about_key(trouble, support)
        or _about_enrolment(trouble, support)
        or _about_region(trouble, support)
        or _about_export(trouble, support)
    )
    assert words is not None, f"no words for {type(trouble).__name__}"
    return words


def _about_journal(trouble: Trouble, support: str) -> str | None:
    match trouble:
        case JournalDamaged():
            return _(
                "Kassan har hittat ett fel i kassajournalen och tar inte emot fler betalningar. Inget är raderat. "
                "Stäng inte av datorn, {call} och uppge kod {code}."
            ).format(call=call(support), code="J" if trouble.seq is None else f"J-{trouble.seq}")
        case JournalInUse():
            return _in_use(trouble)
        case JournalMissing():
            return _(
                "Kassan är registrerad men dess kassajournal finns inte på datorn. Ingen ny har påbörjats. "
                "Ta inte betalt i den här kassan, {call}."
            ).format(call=call(support))
        case JournalNewer():
            return _(
                "Kassajournalen är skriven av en nyare version av programmet än den här. Inget är ändrat. Ta inte "
                "betalt med den här versionen: installera den nyare igen, eller {call}."
            ).format(call=call(support))
        case JournalUnreadable():
            return _(
                "Kassajournalen går inte att läsa: filen är inte som den ska. "
                "Inget är ändrat. Ta inte betalt i den här kassan, {call}."
            ).format(call=call(support))
        case NeedsRegion():
            return _(
                "Poster i kassajournalen saknas eller är skadade på den här datorn och hämtas från regionen, som inte "
                "svarar. Inget är raderat. Koppla in nätverket och starta kassan igen. Hjälper det inte, {call} och "
                "uppge kod {code}."
            ).format(call=call(support), code="N" if trouble.seq is None else f"N-{trouble.seq}")
    return None


def _in_use(trouble: JournalInUse) -> str:
    if not trouble.by or trouble.since is None:
        return _("Kassan är redan igång på den här datorn. Fortsätt i det fönster som är öppet.")
    return _(
        "Kassan är redan igång på den här datorn: kontot {account} använder den sedan {since}. Fortsätt i det fönster "
        "som är öppet, eller be den personen att stänga kassan."
    ).format(account=trouble.by, since=moment(trouble.since))


def _about_disk(trouble: Trouble, support: str) -> str | None:
    match trouble:
        case DiskFull():
            return _(
                "Datorns disk är full och det senaste kunde inte sparas. Alla tidigare registreringar är sparade. "
                "Ta inte betalt i den här kassan, {call}."
            ).format(call=call(support))
        case DiskFailed():
            return _(
                "Datorns disk svarade med ett fel. Starta om kassan: den kontrollerar då allt som är sparat. "
                "Händer det igen, ta inte betalt här och {call}."
            ).format(call=call(support))
    return None


def _about_place(trouble: Trouble, support: str) -> str | None:
    match trouble:
        case UnsuitablePlace(why="synchronised"):
            return _(
                "Kassans mapp ligger i en mapp som synkroniseras, till exempel med OneDrive, och där kan "
                "kassajournalen bytas mot en äldre kopia. Inget är ändrat. Be it-ansvarig flytta kassans mapp till en "
                "plats på datorns egen disk som inte synkroniseras, eller {call}."
            ).format(call=call(support))
        case UnsuitablePlace(why="closed"):
            return _(
                "Kassans mapp kan inte skapas där, eller det här kontot får inte skriva i den. Inget är ändrat. Ange "
                "en annan mapp, eller be it-ansvarig öppna den, eller {call}."
            ).format(call=call(support))
        case UnsuitablePlace():
            return _(
                "Kassans mapp ligger på en nätverksenhet, och där kan en annan dator skriva i kassajournalen. Inget är "
                "ändrat. Be it-ansvarig flytta kassans mapp till datorns egen disk, eller {call}."
            ).format(call=call(support))
    return None


def _about_key(trouble: Trouble, support: str) -> str | None:
    match trouble:
        case NotPermitted():
            return _(
                "Det här kontot på datorn får inte använda kassan. Inget är ändrat. Logga in i datorn med det konto "
                "som kassan hör till, eller be it-ansvarig lägga till kontot i kassans grupp."
            )
        case KeyMissing():
            return _(
                "Kassans nyckel finns inte på sin plats, så inget nytt kan registreras. Det som är registrerat är "
                "sparat. Logga in i datorn med det konto som kassan hör till, annars {call}."
            ).format(call=call(support))
        case NoKeyring():
            return _(
                "Datorn har ingen nyckelring som kassans nyckel kan ligga i. Inget är registrerat. "
                "Logga in i datorn som vanligt och starta kassan igen, annars {call}."
            ).format(call=call(support))
    return None


def _about_enrolment(trouble: Trouble, support: str) -> str | None:
    match trouble:
        case NotEnrolled():
            return _(
                "Den här datorn har ingen registrerad kassa. Registrera kassan först, med koden från {who}."
            ).format(who=support or _("förvaltaren"))
        case AlreadyEnrolled():
            return _("Här finns redan en registrerad kassa. Den är orörd. Starta den som vanligt.")
        case BadClinicFile(field="file"):
            return _(
                "Klinikfilen finns inte där, eller går inte att läsa som TOML i UTF-8. Inget är ändrat. Rätta namnet "
                "eller filen, eller {call}."
            ).format(call=call(support))
        case BadClinicFile():
            return _(
                "Klinikfilen saknar något eller är felskriven: {field}. Inget är ändrat. Rätta filen, eller {call}."
            ).format(field=trouble.field, call=call(support))
        case BadConfiguration():
            return _(
                "Regionens inställningar saknar något som kassan behöver: {where}. De förra gäller om det finns några. "
                "Registrerat är sparat, {call}."
            ).format(where=trouble.where, call=call(support))
    return None


def _about_region(trouble: Trouble, support: str) -> str | None:
    match trouble:
        case NotTheRegion():
            return _(
                "Den server som svarade är inte den region som klinikfilen pekar ut. Kassan är inte registrerad. "
                "Kontrollera root_key och server i klinikfilen, gör om det i samma mapp, eller {call}."
            ).format(call=call(support))
        case Unreachable():
            return _(
                "Regionens server svarar inte. Det som är registrerat är sparat. Kontrollera nätverket och försök igen."
            )
        case RefusedByRegion():
            return _refused_enrolment(trouble.why, support)
    return None


def _refused_enrolment(why: str, support: str) -> str:
    """What the region's word against an enrolment means; the word itself stays in the sentence, for whoever helps."""
    match why:
        case "code":
            meaning = _("koden är inte en som den har gett ut")
        case "code-used":
            meaning = _("koden är redan använd")
        case "code-expired":
            meaning = _("koden har gått ut")
        case "code-locked":
            meaning = _("koden är spärrad")
        case "till":
            meaning = _("koden gäller inte för de kassor som klinikfilen begär")
        case _:
            return _("Regionens server sa nej: {why}. Kassan är inte registrerad, {call}.").format(
                why=why, call=call(support)
            )
    return _(
        "Regionens server sa nej: {meaning} ({why}). Kassan är inte registrerad. Jämför koden med den som beställdes, "
        "eller be {who} om en ny."
    ).format(meaning=meaning, why=why, who=support or _("förvaltaren"))


def _about_export(trouble: Trouble, support: str) -> str | None:
    match trouble:
        case NotWholeYet():
            return _(
                "Kassan behöver startas en gång innan något kan exporteras. Ingen fil är skriven. "
                "Starta den och gör om."
            )
        case BadRequest():
            return _bad_request(trouble)
        case NothingThere():
            return _("Det finns inget att exportera för de dagarna. Ingen fil är skriven. Välj andra dagar.")
        case AccountsMissing():
            return _(
                "Konton saknas i klinikens inställningar: {names}. Ingen fil är skriven. "
                "Be förvaltaren lägga till dem, eller {call}."
            ).format(names=trouble.names, call=call(support))
        case PlaceTaken():
            return _("Det finns redan en fil som heter {name}. Den är orörd. Välj ett annat namn.").format(
                name=trouble.name
            )
        case CannotWrite():
            return _("Filen gick inte att skriva där ({why}). Kassan är orörd. Välj en annan plats.").format(
                why=_why_not(trouble)
            )
        case Stopped():
            return _("Exporten avbröts. Ingen fil är skriven, och kassan är orörd. Börja om när det passar.")
        case NoExport():
            return _("Exporten blev inte av. Ingen fil är skriven, och kassan är orörd. Försök igen.")
    return None


def _why_not(trouble: CannotWrite) -> str:
    """Why a file could not be written; the operating system's own word where there is none of ours."""
    match trouble.number:
        case errno.ENOSPC | errno.EDQUOT:
            return _("disken är full")
        case errno.EACCES | errno.EPERM:
            return _("du får inte skriva där")
        case errno.EROFS:
            return _("det går bara att läsa där")
        case errno.ENOENT | errno.ENOTDIR:
            return _("mappen finns inte")
        case errno.ENAMETOOLONG:
            return _("namnet är för långt")
        case _:
            return trouble.why


def _bad_request(request: BadRequest) -> str:
    """Say what was asked for wrongly. Nothing is written."""
    match request.what:
        case "day":
            return _("«{given}» är inget datum. Skriv det som 2026-11-23.").format(given=request.given)
        case "period":
            return _("Perioden slutar innan den börjar ({given}). Skriv den tidigare dagen först.").format(
                given=request.given
            )
        case "format":
            return _("«{given}» är inget format som kassan skriver. Välj xml, sie, csv eller control-visit.").format(
                given=request.given
            )
        case "till":
            return _("«{given}» är ingen kassa här. Skriv dess bokstav, H eller E.").format(given=request.given)
        case "kind":
            return _("«{given}» är inget slag av händelse. Skriv till exempel sale eller refund.").format(
                given=request.given
            )
        case "missing":
            return _(
                "Det saknas något: {given}. Skriv till exempel kassaapp export xml --from 2026-01-01 --to 2026-12-31 "
                "--out år.xml."
            ).format(given=request.given)
        case "number":
            return _("«{given}» är inget nummer. Skriv det med siffror.").format(given=request.given)
        case "table":
            return _("«{given}» gäller bara csv. De andra formaten har alltid allt. Ta bort det.").format(
                given=request.given
            )
        case "control-visit" | "patients" | "signed-in":
            return _not_so(request)
        case _:
            return _("«{given}» är ingen kolumn. Se vilka som finns med --help.").format(given=request.given)


def _not_so(request: BadRequest) -> str:
    """Say of something there is that it cannot be had so."""
    match request.what:
        case "control-visit":
            return _("«{given}» gäller bara control-visit. Ta bort det.").format(given=request.given)
        case "patients":
            return _(
                "{given} visar vilka patienterna är. Det går bara i kassans fönster, där någon är inloggad."
            ).format(given=request.given)
        case _:
            return _(
                "Kolumnen {given} visar vem patienten är. Den finns bara i kassans fönster, där någon är inloggad."
            ).format(given=request.given)


def attention(about: Attention, *, support: str = "") -> str:
    """Say what a person should know about the contact with the region; none of it stops the till."""
    match about:
        case Attention.FORK:
            said = _("En annan dator har skickat poster som den här kassan. Betalningarna här gäller.")
        case Attention.REGION_AHEAD:
            said = _("Regionen har poster från den här kassan som saknas på datorn. Regionens poster är säkra.")
        case Attention.REGION_LIED:
            said = _("Regionens svar gick inte att bevisa och sparades inte. Det som är registrerat är sparat här.")
        case Attention.RECORD_REFUSED:
            said = _("Regionen kunde inte ta emot en post. Betalningarna gäller och är sparade här.")
        case Attention.REGISTER_REFUSED:
            said = _(
                "Regionen känner inte igen den här kassan. Betalningarna är sparade här och skickas när det är löst."
            )
        case Attention.CONFIGURATION_REFUSED:
            said = _("En ny prislista gick inte att kontrollera och används inte. Den förra prislistan gäller.")
        case Attention.NOT_UNDERSTOOD:
            said = _("Något annat än regionens server svarade, kanske nätverkets inloggning. Inget har skickats dit.")
    return _("{said} Du kan ta betalt som vanligt, men {call}.").format(said=said, call=call(support))


def ended(at: datetime, stopped: str) -> str:
    """Say that the program did not end in order: when it was last heard of, and whether it stopped for an error."""
    if stopped:
        return _(
            "Kassan stannade {when} av ett fel ({code}). Allt som var registrerat är sparat och har kontrollerats nu."
        ).format(when=moment(at), code=stopped)
    return _(
        "Kassan avslutades inte i ordning sist, någon gång efter {when}. Allt som var registrerat är sparat och har "
        "kontrollerats nu."
    ).format(when=moment(at))
