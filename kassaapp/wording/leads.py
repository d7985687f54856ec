"""The sentences for what may explain a difference (UX 2.15): each says where to look, and names nobody."""

from collections.abc import Callable

from kassaapp.domain.lead import Cause, Lead, Mark
from kassaapp.domain.visit import Tender
from kassaapp.i18n import _, ngettext
from kassaapp.wording.amounts import amount, clock, krona
from kassaapp.wording.words import tender

MOST_NAMED = 3
"""So many receipts are named in a sentence; of more, only how many."""


def lead(found: Lead, number: Callable[[int], str]) -> str:
    """Tell a lead in a sentence or two. `number` writes a receipt's number as printed."""
    values = found.values_ore
    facts = {
        "tender": tender(found.tender),
        "paid": _paid(found.tender),
        "other": _paid(found.other) if found.other is not None else "",
        "ore": amount(abs(found.ore)),
        "which": _which(found.marks, number) if found.marks else "",
        "at": clock(found.at) if found.at is not None else "",
        "first": amount(values[0]) if values else "",
        "second": amount(values[1]) if len(values) > 1 else "",
        "value": krona(values[0]) if values else "",
        "there": krona(values[1]) if len(values) > 1 else "",
        "moved": amount(abs(values[0])) if values else "",
    }
    return _sentence(found).format(**facts, pieces=found.pieces, right=_right(found))


def _right(found: Lead) -> int:
    """How many pieces it should be, where two figures have changed places."""
    return found.values_ore[1] // found.values_ore[0] if found.cause is Cause.PIECES_SWAPPED else 0


def _sentence(found: Lead) -> str:
    """The sentence with holes for the facts."""
    match found.cause:
        case Cause.WRONG_ROW:
            return ngettext(
                "{pieces} st kan ligga i fel rad: räknad som {value} men egentligen {there}.",
                "{pieces} st kan ligga i fel rad: räknade som {value} men egentligen {there}.",
                found.pieces,
            )
        case Cause.DRAWER:
            return ngettext(
                "Lådan öppnades utan försäljning {at}. Togs eller lades det något?",
                "Lådan öppnades utan försäljning {pieces} gånger, senast {at}. Togs eller lades det något?",
                found.pieces,
            )
        case Cause.EVEN:
            return _even(found)
        case Cause.MOVE_NOT_DONE | Cause.MOVE_TURNED:
            return _move(found)
        case _:
            return _sentences()[found.cause]


def _sentences() -> dict[Cause, str]:
    return {
        Cause.LIST_NOT_GIVEN: _("{tender}: ingen summa är skriven, men {second} är registrerat. Läs av listan."),
        Cause.UNKNOWN_PAYMENT: _(
            "En betalning {paid} på {ore} påbörjades {at} och registrerades inte. Se efter om den gick igenom."
        ),
        Cause.DIGITS_SWAPPED: _("{tender}: {first} och {second} skiljer i två siffror som bytt plats. Läs av igen."),
        Cause.ZERO_TOO_MANY: _("{tender}: {first} och {second} skiljer på en nolla. Läs av igen."),
        Cause.PIECES_SWAPPED: _(
            "{pieces} st {value} kan vara {right} st: två siffror har bytt plats. Räkna raden igen."
        ),
        Cause.OTHER_TENDER: _("{which} registrerades {paid} men kan ha betalats {other}."),
        Cause.RETURN_OTHER_TENDER: _("{which} registrerades tillbaka {other} men kan ha betalats tillbaka {paid}."),
        Cause.TENDERS_MIXED: _("Lika mycket som saknas {paid} är för mycket {other}. Något kan ha fel betalsätt."),
        Cause.TWICE: _("{which} har samma patient och belopp som ett annat kvitto. Är besöket registrerat två gånger?"),
        Cause.ONLY_THE_FLOAT: _("I lådan ligger precis växelkassan. Har resten lagts undan till banken?"),
        Cause.OPENING: _("När kassan öppnades {at} skilde det lika mycket åt andra hållet. Räknades den rätt då?"),
        Cause.RETURN_NOT_PAID: _("{which} är registrerat som återbetalt {paid}, men pengarna kan vara kvar."),
        Cause.RETURN_PAID_TWICE: _("{which}: pengarna kan ha lämnats tillbaka två gånger."),
        Cause.CHANGE_KEPT: _("{which}: växeln var {ore}. Den kan ha glömts kvar."),
        Cause.CHANGE_TWICE: _("{which}: växeln var {ore}. Den kan ha lämnats två gånger."),
        Cause.OTHER_NOTE: _(
            "{which}: mottaget står som {first}. Var det {second} är växeln fel med precis skillnaden."
        ),
        Cause.PARKED: _("En försäljning på {ore} lades åt sidan {at} och registrerades aldrig. Betalades den ändå?"),
        Cause.INVOICE_PAID: _("{which} skickades till faktura, men kan ha betalats i kassan."),
        Cause.EMPTY_ROW: _("Raden {value} är tom, och {pieces} st där gör att det stämmer. Är den räknad?"),
        Cause.ONE_PIECE: _("Skillnaden är precis {value}. Räkna den valören igen, två kan sitta ihop."),
        Cause.NOT_PAID: _("{which} är registrerat {paid} med precis skillnaden. Kom pengarna?"),
        Cause.RIGHT_BEFORE: _("När lådan räknades {at} stämde kontanterna. Det som hänt har hänt efter det."),
        Cause.NINE: _("{ore} går jämnt upp i nio. Så blir det ofta när två siffror har bytt plats."),
    }


def _even(found: Lead) -> str:
    if found.ore < 0:
        return _("{ore} är en jämn summa. Är pengar lämnade till banken eller växlade utan att det registrerats?")
    return _("{ore} är en jämn summa. Är växel hämtad utan att det registrerats?")


def _move(found: Lead) -> str:
    if found.cause is Cause.MOVE_TURNED:
        return _("Växelkassan ändrades med {moved} {at}. Lades det till i stället för att tas ut, eller tvärtom?")
    if found.ore > 0:
        return _("{moved} registrerades som uttaget {at}. Ligger pengarna kvar?")
    return _("{moved} registrerades som tillagt i växelkassan {at}. Lades pengarna i?")


def _which(marks: tuple[Mark, ...], number: Callable[[int], str]) -> str:
    """The receipts, the newest first."""
    named = [
        _("{receipt} ({at})").format(receipt=number(mark.receipt), at=clock(mark.at)) for mark in marks[:MOST_NAMED]
    ]
    if len(marks) == 1:
        return _("Kvitto {receipt}").format(receipt=named[0])
    if len(marks) > MOST_NAMED:
        more = len(marks) - MOST_NAMED
        return ngettext(
            "Något av kvitto {receipts} och {count} till", "Något av kvitto {receipts} och {count} till", more
        ).format(receipts=", ".join(named), count=more)
    return _("Kvitto {receipts} eller {last}").format(receipts=", ".join(named[:-1]), last=named[-1])


def _paid(by: Tender) -> str:
    """How it is paid, inside a sentence."""
    match by:
        case Tender.CASH:
            return _("kontant")
        case Tender.CARD:
            return _("med kort")
        case Tender.SWISH:
            return _("med Swish")
        case Tender.INVOICE:
            return _("mot faktura")
        case Tender.ON_ACCOUNT:
            return _("a conto")
