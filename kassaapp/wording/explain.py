"""Every refusal in a sentence or two: what happened, what is safe, what to do next (UX 3).

Matches on the type of the exception. A type without words is a mistake in the program, found by a test.
"""

from kassaapp.domain import errors, parked
from kassaapp.domain.cash import MAX_AMOUNT_ORE
from kassaapp.domain.errors import IdentityProblem, Refused
from kassaapp.domain.fees import MAX_QUANTITY
from kassaapp.domain.sale import MAX_NAME_LENGTH
from kassaapp.domain.visit import Tender
from kassaapp.i18n import _, ngettext
from kassaapp.wording.amounts import BadAmountText, amount, clock, day, krona, moment
from kassaapp.wording.disk import disk_almost_full
from kassaapp.wording.payments import payment_left_open
from kassaapp.wording.words import call, tender


def explain(refused: Refused | BadAmountText, *, support: str = "") -> str:
    """Say why nothing happened and what to do. `support` is the telephone number of the configuration."""
    words = (
        _about_identity(refused)
        or _about_signing_in(refused, support)
        or _about_session(refused)
        or _about_goods(refused, support)
        or _about_baskets(refused)
        or _about_payment(refused)
        or _about_giving_back(refused)
        or _about_amounts(refused)
        or _about_approval(refused)
        or _about_putting_aside(refused)
        or _about_the_region(refused, support)
        or _about_the_disk(refused, support)
    )
    assert words is not None, f"no words for {type(refused).__name__}"
    return words


# ── Who ──────────────────────────────────────────────────────────────────────────────────────────


def _about_identity(refused: Exception) -> str | None:
    match refused:
        case errors.BadIdentity():
            return _identity_problem(refused.problem, refused.given_length)
        case errors.NoPatient():
            return _("Ange patienten först. Varje besök registreras på en patient.")
        case errors.NoName():
            return _("Skriv patientens namn som på legitimationen, högst {most} tecken.").format(most=MAX_NAME_LENGTH)
        case errors.NotATestNumber():
            return _("Den här kassan är till för prov och tar bara emot publicerade testnummer. Skriv ett testnummer.")
        case errors.AddressMissing():
            return _(
                "Ange gatuadress, postnummer och ort. Egenförvaltad kassa skriver kontantfaktura med namn och adress."
            )
        case errors.PayerMissing():
            return _("Patienten är under 18 år, så fakturan går till en förmyndare. Ange vem det är.")
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
        case IdentityProblem.TOO_OLD:
            return _("Numret säger att patienten är över 150 år. Kontrollera + och − eller skriv 12 siffror.")
        case IdentityProblem.TWO_CENTURIES:
            return _("Numret passar både ett barn och en mycket gammal person. Skriv födelseåret med fyra siffror.")


def _about_signing_in(refused: Exception, support: str) -> str | None:
    match refused:
        case errors.NotSignedIn():
            return _("Ingen är inloggad. Logga in för att fortsätta. Det som är registrerat är sparat.")
        case errors.WrongPin():
            left = refused.tries_left
            return ngettext(
                "Pinkoden stämmer inte. {left} försök kvar. Har du glömt koden, {call}.",
                "Pinkoden stämmer inte. {left} försök kvar. Har du glömt koden, {call}.",
                left,
            ).format(left=left, call=call(support))
        case errors.TooManyAttempts():
            return _(
                "Inloggningen är spärrad till {time} efter för många försök. En kollega kan logga in under tiden."
            ).format(time=clock(refused.until))
        case errors.NotAllowed():
            return _("Det här får inte göras med din behörighet. Be kassaansvarig logga in och göra det.")
    return None


def _about_approval(refused: Exception) -> str | None:
    match refused:
        case errors.NeedsApproval(over_ore=None):
            return _("Det här görs av två personer. Be den andra godkänna, eller lägg ärendet åt sidan.")
        case errors.NeedsApproval(over_ore=int(over_ore)):
            return _(
                "Över {limit} behövs en andra person. Be kassaansvarig godkänna med sin pinkod, eller lägg ärendet "
                "åt sidan."
            ).format(limit=krona(over_ore))
        case errors.SelfApproval():
            return _("Du kan inte själv vara den andra personen. Be en kollega godkänna.")
    return None


# ── The session ──────────────────────────────────────────────────────────────────────────────────


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
        case errors.InTraining():
            return _("Kassan är i övningsläge. Avsluta övningen först.")
        case errors.NotInTraining():
            return _("Kassan är inte i övningsläge. Det du gör räknas.")
    return None


def _about_putting_aside(refused: Exception) -> str | None:
    match refused:
        case errors.ParkedSalesLeft():
            return ngettext(
                "{count} försäljning ligger åt sidan. Slutför eller ta bort den innan du stänger. "
                "I försäljningen visar Ctrl+Skift+D den.",
                "{count} försäljningar ligger åt sidan. Slutför eller ta bort dem innan du stänger. "
                "I försäljningen visar Ctrl+Skift+D dem.",
                refused.count,
            ).format(count=refused.count)
        case errors.UnknownParked():
            return _("Ingen försäljning ligger åt sidan som nummer {number}. Den kan redan vara hämtad.").format(
                number=refused.parked
            )
        case errors.TooManyParked():
            return _("Det ligger redan {most} försäljningar åt sidan. Slutför en av dem först.").format(
                most=parked.MOST
            )
    return None


# ── What is sold, and how it is paid ─────────────────────────────────────────────────────────────


def _about_goods(refused: Exception, support: str) -> str | None:
    match refused:
        case errors.UnknownArticle():
            return _("Artikel {number} har inget pris {day}. Välj en annan artikel, eller {call}.").format(
                number=refused.article, day=day(refused.day), call=call(support)
            )
        case errors.PriceMissing():
            return _(
                "«{text}» saknar pris i prislistan för den här patienten. Välj en annan artikel, eller lägg besöket "
                "åt sidan och {call}. Priserna ändras bara av regionen."
            ).format(text=refused.text, call=call(support))
        case errors.WrongTill():
            return _("«{text}» hör till den andra kassan. Slutför besöket här först och byt sedan kassa.").format(
                text=refused.text
            )
        case errors.MixedBasket():
            return _(
                "Raderna hör till olika kassor. Ta bort det som hör till den andra kassan, slutför här och byt sedan "
                "kassa."
            )
        case errors.EmptyBasket():
            return _("Välj minst en artikel.")
        case errors.Protected():
            return _(
                "Patienten har skyddade personuppgifter. Skickades kallelsen via Skatteverkets förmedling och hann "
                "inte fram ska avgiften inte tas ut. Ta bort raden, eller bekräfta att avgiften ska tas ut."
            )
    return None


def _about_baskets(refused: Exception) -> str | None:
    match refused:
        case errors.BasketTooLarge():
            return _("Ett kvitto har högst {most} rader. Dela upp det på flera.").format(most=refused.most)
        case errors.BadQuantity():
            return _("Antalet ska vara 1 till {most}.").format(most=MAX_QUANTITY)
        case errors.VisitTooFarAhead():
            return _("Besöksdatumet {day} ligger mer än ett år fram. Kontrollera året.").format(day=day(refused.day))
        case errors.VisitBeforeBirth():
            return _("Besöksdatumet ligger före patientens födelse. Kontrollera datumet och numret.")
    return None


def _about_payment(refused: Exception) -> str | None:
    match refused:
        case errors.PaymentDoesNotAddUp():
            return _payment_problem(refused.due_ore, refused.offered_ore)
        case errors.TenderNotOffered():
            name = tender(Tender(refused.tender)) if refused.tender in set(Tender) else refused.tender
            return _("Den här kassan tar inte emot betalsättet {name}. Välj ett annat betalsätt.").format(name=name)
        case errors.PaymentUnderWay():
            words = payment_left_open(
                refused.tender, refused.amount_ore, clock(refused.begun_at), is_return=refused.is_return
            )
            return words + " " + _("Svara på det först.")
        case errors.NoPaymentUnderWay():
            return _("Ingen kort- eller Swishbetalning är påbörjad i den här kassan. Kontrollera bland kvittona.")
        case errors.InvoiceNotAllowed():
            return _invoice_problem(refused.why)
        case errors.BalanceTooLow():
            return _(
                "Patienten har {balance} a conto i den här kassan. Mer än det kan varken användas eller betalas ut."
            ).format(balance=amount(refused.balance_ore))
        case errors.NotEnoughCash():
            return _(
                "I lådan finns {cash} enligt kassan. Välj ett annat betalsätt eller ett lägre belopp, eller lägg till "
                "växel först."
            ).format(cash=amount(refused.cash_ore))
    return None


def _payment_problem(due_ore: int, offered_ore: int) -> str:
    if due_ore == 0:
        return _("Det är inget kvar att betala. Ta bort det som är för mycket.")
    if offered_ore < due_ore:
        sentence = _("{offered} räcker inte, det saknas {missing}. Ändra beloppet eller betala resten på annat sätt.")
        return sentence.format(offered=krona(offered_ore), missing=krona(due_ore - offered_ore))
    return _("Det som betalas ska vara {due}. Kontrollera beloppen.").format(due=amount(due_ore))


def _invoice_problem(why: str) -> str:
    match why:
        case "article":
            return _("Något av det valda får inte faktureras, till exempel vaccination. Välj ett annat betalsätt.")
        case "reserve_number":
            return _(
                "Faktura går inte att skicka: patienten har skyddade personuppgifter och reservnummer. "
                "Välj ett annat betalsätt."
            )
        case "till":
            return _("Den här kassan skickar inga fakturor. Välj ett annat betalsätt.")
        case "mixed":
            return _("Faktura delas inte med ett annat betalsätt. Fakturera allt, eller välj andra betalsätt.")
        case _:
            return _("Det här får inte faktureras. Välj ett annat betalsätt.")


# ── Giving back, and moving cash ─────────────────────────────────────────────────────────────────


def _about_giving_back(refused: Exception) -> str | None:
    match refused:
        case errors.UnknownReceipt():
            return _("Kvitto {number} finns inte i den här kassan. Kontrollera numret.").format(number=refused.receipt)
        case errors.RefundOutOfRange():
            return _refund_problem(refused.line, refused.left_ore)
        case errors.AlreadyVoided():
            return _("Kvitto {number} är redan makulerat. Inget mer ska göras med det.").format(number=refused.receipt)
        case errors.PartlyRefunded():
            return _(
                "En del av kvitto {number} är redan återbetald, så hela kvittot kan inte makuleras. "
                "Återbetala resten i stället."
            ).format(number=refused.receipt)
        case errors.AlreadyPrinted():
            return _("Kvitto {number} är redan utskrivet. Skriv ut kopian i stället.").format(number=refused.receipt)
        case errors.CopyAlreadyMade():
            return _("Kopian av kvitto {number} är redan utskriven. Kvittot kan visas på skärmen.").format(
                number=refused.receipt
            )
    return None


def _refund_problem(line: int, left_ore: int) -> str:
    if left_ore <= 0:
        return _("Det finns inget kvar att återbetala här. Kontrollera kvittot.")
    if line == 0:
        return _("Högst {left} kan återbetalas på kvittot. Välj rader och kontrollera beloppen.").format(
            left=amount(left_ore)
        )
    return _("Högst {left} kan återbetalas på rad {line}. Kontrollera beloppet.").format(
        left=amount(left_ore), line=line
    )


def _about_amounts(refused: Exception) -> str | None:
    match refused:
        case errors.ReasonMissing(difference_ore=0):
            return _("Ange orsaken.")
        case errors.ReasonMissing():
            return _("Ange orsaken. Det gäller {amount}.").format(amount=amount(refused.difference_ore))
        case errors.ReferenceMissing():
            return _("Ange vad uttaget gäller: påsens nummer när pengarna går till bank, annars underlagets nummer.")
        case errors.BadAmount():
            return _amount_problem(refused.amount_ore)
        case BadAmountText():
            return _("Skriv beloppet med siffror och högst ett kommatecken, till exempel 312,50.")
    return None


def _amount_problem(amount_ore: int) -> str:
    if amount_ore < 0:
        return _("Beloppet kan inte vara mindre än 0 kr.")
    if amount_ore == 0:
        return _("Ange ett belopp som är mer än 0 kr.")
    if amount_ore <= MAX_AMOUNT_ORE:
        return _("{amount} går inte att betala med mynt och sedlar. Ange hela kronor.").format(
            amount=amount(amount_ore)
        )
    return _("{amount} är mer än kassan kan ta emot. Kontrollera beloppet.").format(amount=amount(amount_ore))


# ── What the region has not settled ──────────────────────────────────────────────────────────────


def _about_the_region(refused: Exception, support: str) -> str | None:
    match refused:
        case errors.NotReady():
            return _(
                "Kassan kan inte öppnas: regionens inställningar saknar {field}, som ska stå på varje kvitto. "
                "Det som är registrerat är sparat, {call}."
            ).format(field=_clinic_field(refused.field), call=call(support))
        case errors.ExemptionEnded():
            return _(
                "Undantaget från Skatteverket gällde till {day}, och kassan får inte användas efter det. "
                "Det som är registrerat är sparat, {call}."
            ).format(day=day(refused.ended), call=call(support))
    return None


def _about_the_disk(refused: Exception, support: str) -> str | None:
    match refused:
        case errors.DiskAlmostFull():
            return disk_almost_full(refused.free_bytes, support=support)
    return None


def _clinic_field(field: str) -> str:
    """Name what stands at the head of every receipt."""
    match field:
        case "company":
            return _("företagets namn")
        case "organisation_number":
            return _("organisationsnumret")
        case "address":
            return _("klinikens adress")
        case _:
            return field
