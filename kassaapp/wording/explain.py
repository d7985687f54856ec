"""Every refusal and every trouble in a sentence or two: what happened, what is safe, what to do next (UX 3).

Matches on the type of the exception. A type without words is a mistake in the program, found by a test.
"""

from kassaapp.domain import errors
from kassaapp.domain.errors import IdentityProblem, Refused
from kassaapp.domain.events import Tender
from kassaapp.domain.fees import MAX_QUANTITY
from kassaapp.domain.sale import MAX_NAME_LENGTH
from kassaapp.i18n import _, ngettext
from kassaapp.trouble import (
    AlreadyEnrolled,
    BadClinicFile,
    BadConfiguration,
    DiskFailed,
    DiskFull,
    JournalDamaged,
    JournalInUse,
    JournalMissing,
    JournalUnreadable,
    KeyMissing,
    NoKeyring,
    NotEnrolled,
    NotTheRegion,
    RefusedByRegion,
    Trouble,
    Unreachable,
)
from kassaapp.wording.amounts import BadAmountText, amount, clock, day, difference, krona, moment
from kassaapp.wording.words import tender
from sync.client.status import Attention

# ── How a rule says no ───────────────────────────────────────────────────────────────────────────


def explain(refused: Refused | BadAmountText, *, support: str = "") -> str:
    """Say why nothing happened and what to do. `support` is the telephone number of the configuration."""
    words = (
        _about_identity(refused)
        or _about_people(refused, support)
        or _about_session(refused)
        or _about_goods(refused, support)
        or _about_payment(refused)
        or _about_counting(refused)
    )
    assert words is not None, f"no words for {type(refused).__name__}"
    return words


def _about_identity(refused: Exception) -> str | None:
    match refused:
        case errors.BadIdentity():
            return _identity_problem(refused.problem, refused.given_length)
        case errors.NoPatient():
            return _("Ange patienten först. Varje besök registreras på en patient.")
        case errors.NoName():
            return _("Skriv patientens namn som på legitimationen, högst {most} tecken.").format(most=MAX_NAME_LENGTH)
    return None


def _identity_problem(problem: IdentityProblem, given_length: int) -> str:
    match problem:
        case IdentityProblem.EMPTY:
            return _("Ange personnummer eller reservnummer.")
        case IdentityProblem.WRONG_LENGTH:
            return _("Numret ska ha 10 eller 12 tecken. Du har skrivit {given}.").format(given=given_length)
        case IdentityProblem.UNKNOWN_PATTERN:
            return _(
                "Kassan känner inte igen numret som personnummer, samordningsnummer eller reservnummer. "
                "Jämför det med legitimationen eller reservkortet."
            )
        case IdentityProblem.NO_SUCH_DATE:
            return _("Datumet i numret finns inte. Kontrollera månad och dag.")
        case IdentityProblem.IN_THE_FUTURE:
            return _("Födelsedatumet ligger i framtiden. Kontrollera årtalet.")
        case IdentityProblem.CHECK_DIGIT:
            return _("Kontrollsiffran stämmer inte. Jämför med legitimationen, ofta har två siffror bytt plats.")
        case IdentityProblem.TWO_CENTURIES:
            return _("Numret passar både ett barn och en mycket gammal person. Skriv födelseåret med fyra siffror.")


def _about_people(refused: Exception, support: str) -> str | None:
    match refused:
        case errors.NotSignedIn():
            return _("Ingen är inloggad. Logga in för att fortsätta. Det som är registrerat är sparat.")
        case errors.WrongPin():
            left = refused.tries_left
            return ngettext(
                "Pinkoden stämmer inte. {left} försök kvar. Har du glömt koden, {call}.",
                "Pinkoden stämmer inte. {left} försök kvar. Har du glömt koden, {call}.",
                left,
            ).format(left=left, call=_call(support))
        case errors.TooManyAttempts():
            return _(
                "Inloggningen är spärrad till {time} efter för många försök. En kollega kan logga in under tiden."
            ).format(time=clock(refused.until))
        case errors.NotAllowed():
            return _("Det här får inte göras med din behörighet. Be kassaansvarig logga in och göra det.")
    return None


def _about_session(refused: Exception) -> str | None:
    match refused:
        case errors.NoOpenSession():
            return _("Kassan är inte öppen. Räkna växelkassan och öppna den för att ta betalt.")
        case errors.SessionAlreadyOpen():
            return _(
                "Kassan öppnades {when} av {user}. Fortsätt i samma session, varje kvitto visar vem som gjort det."
            ).format(when=moment(refused.opened_at), user=refused.opened_by)
        case errors.LateClose():
            return _(
                "Kassan har varit öppen sedan {when}. Stäng den först, det går även utan kontakt med servern."
            ).format(when=moment(refused.opened_at))
    return None


def _about_goods(refused: Exception, support: str) -> str | None:
    match refused:
        case errors.UnknownArticle():
            return _("Artikel {number} har inget pris {day}. Välj en annan artikel, eller {call}.").format(
                number=refused.article, day=day(refused.day), call=_call(support)
            )
        case errors.WrongTill():
            return _("«{text}» hör till den andra kassan. Slutför besöket här först och byt sedan kassa.").format(
                text=refused.text
            )
        case errors.EmptyBasket():
            return _("Välj minst en artikel.")
        case errors.BadQuantity():
            return _("Antalet ska vara 1 till {most}.").format(most=MAX_QUANTITY)
    return None


def _about_payment(refused: Exception) -> str | None:
    match refused:
        case errors.PaymentDoesNotAddUp():
            return _payment_problem(refused.due_ore, refused.offered_ore)
        case errors.TenderNotOffered():
            name = tender(Tender(refused.tender)) if refused.tender in set(Tender) else refused.tender
            return _("Den här kassan tar inte emot betalsättet {name}. Välj ett annat betalsätt.").format(name=name)
        case errors.UnknownReceipt():
            return _("Kvitto {number} finns inte i den här kassan. Kontrollera numret.").format(number=refused.receipt)
    return None


def _payment_problem(due_ore: int, offered_ore: int) -> str:
    if due_ore == 0:
        return _("Det är inget kvar att betala. Ta bort det som är för mycket.")
    if offered_ore < due_ore:
        return _("{offered} räcker inte, det saknas {missing}. Ändra beloppet eller dela betalningen.").format(
            offered=krona(offered_ore), missing=krona(due_ore - offered_ore)
        )
    return _("Det som betalas ska vara {due}. Kontrollera beloppen.").format(due=amount(due_ore))


def _about_counting(refused: Exception) -> str | None:
    match refused:
        case errors.ReasonMissing():
            return _("Skillnad: {difference}. Räkna om eller ange orsaken.").format(
                difference=difference(refused.difference_ore)
            )
        case errors.BadAmount():
            if refused.amount_ore < 0:
                return _("Beloppet kan inte vara mindre än 0 kr.")
            return _("{amount} är mer än kassan kan ta emot. Kontrollera beloppet.").format(
                amount=amount(refused.amount_ore)
            )
        case BadAmountText():
            return _("Skriv beloppet med siffror och högst ett kommatecken, till exempel 312,50.")
    return None


# ── How the environment fails ────────────────────────────────────────────────────────────────────


def explain_trouble(trouble: Trouble, *, support: str = "") -> str:
    """Say what failed around the till, what is safe and what to do. `support` as in `explain`."""
    words = (
        _about_journal(trouble, support)
        or _about_disk(trouble, support)
        or _about_key(trouble, support)
        or _about_enrolment(trouble, support)
        or _about_region(trouble, support)
    )
    assert words is not None, f"no words for {type(trouble).__name__}"
    return words


def _about_journal(trouble: Trouble, support: str) -> str | None:
    match trouble:
        case JournalDamaged():
            return _(
                "Kassan har hittat ett fel i kassajournalen och tar inte emot fler betalningar. Inget är raderat. "
                "Stäng inte av datorn, {call} och uppge kod {code}."
            ).format(call=_call(support), code="J" if trouble.seq is None else f"J-{trouble.seq}")
        case JournalInUse():
            return _("Kassan är redan igång på den här datorn. Fortsätt i det fönster som är öppet.")
        case JournalMissing():
            return _(
                "Kassan är registrerad men dess kassajournal finns inte på datorn. Ingen ny har påbörjats. "
                "Ta inte betalt i den här kassan, {call}."
            ).format(call=_call(support))
        case JournalUnreadable():
            return _(
                "Den här versionen av programmet kan inte läsa kassajournalen. Inget är ändrat. "
                "Ta inte betalt i den här kassan, {call}."
            ).format(call=_call(support))
    return None


def _about_disk(trouble: Trouble, support: str) -> str | None:
    match trouble:
        case DiskFull():
            return _(
                "Datorns disk är full och det senaste kunde inte sparas. Alla tidigare registreringar är sparade. "
                "Ta inte betalt i den här kassan, {call}."
            ).format(call=_call(support))
        case DiskFailed():
            return _(
                "Datorns disk svarade med ett fel och kassan måste starta om. Starta om och se i Kvitton om det "
                "senaste blev sparat. Händer det igen, {call}."
            ).format(call=_call(support))
    return None


def _about_key(trouble: Trouble, support: str) -> str | None:
    match trouble:
        case KeyMissing():
            return _(
                "Kassans nyckel finns inte på sin plats, så inget nytt kan registreras. Det som är registrerat är "
                "sparat. Logga in i datorn med det konto som kassan hör till, annars {call}."
            ).format(call=_call(support))
        case NoKeyring():
            return _(
                "Datorn har ingen nyckelring som kassans nyckel kan ligga i. Inget är registrerat. "
                "Logga in i datorn som vanligt och starta kassan igen, annars {call}."
            ).format(call=_call(support))
    return None


def _about_enrolment(trouble: Trouble, support: str) -> str | None:
    match trouble:
        case NotEnrolled():
            return _(
                "Den här datorn har ingen registrerad kassa. Registrera kassan först, med koden från {who}."
            ).format(who=support or _("förvaltaren"))
        case AlreadyEnrolled():
            return _("Här finns redan en registrerad kassa. Den är orörd. Starta den som vanligt.")
        case BadClinicFile():
            return _(
                "Klinikfilen saknar något eller är felskriven: {field}. Inget är ändrat. Rätta filen, eller {call}."
            ).format(field=trouble.field, call=_call(support))
        case BadConfiguration():
            return _(
                "Regionens inställningar saknar något som kassan behöver: {where}. De förra gäller om det finns några. "
                "Registrerat är sparat, {call}."
            ).format(where=trouble.where, call=_call(support))
    return None


def _about_region(trouble: Trouble, support: str) -> str | None:
    match trouble:
        case NotTheRegion():
            return _(
                "Den server som svarade är inte regionens. Inget har skickats. Kontrollera nätverket, och {call}."
            ).format(call=_call(support))
        case Unreachable():
            return _(
                "Regionens server svarar inte. Det som är registrerat är sparat. Kontrollera nätverket och försök igen."
            )
        case RefusedByRegion():
            return _("Regionens server sa nej: {why}. Det som är registrerat är sparat, {call}.").format(
                why=trouble.why, call=_call(support)
            )
    return None


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
    return _("{said} Du kan ta betalt som vanligt, men {call}.").format(said=said, call=_call(support))


def _call(support: str) -> str:
    return _("ring {support}").format(support=support or _("it-stödet"))
