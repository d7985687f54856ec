"""The words for what can be chosen at the till, and for why a row costs what it does (UX 2.3)."""

from kassaapp.domain.fees import FeeRules
from kassaapp.domain.people import Role
from kassaapp.domain.vat import VatRate
from kassaapp.domain.visit import Category, FeeReason, Line, Tender
from kassaapp.i18n import _
from kassaapp.wording.amounts import day, krona


def tender(by: Tender) -> str:
    """Name a way to pay, as on its button."""
    match by:
        case Tender.CASH:
            return _("Kontant")
        case Tender.CARD:
            return _("Kort")
        case Tender.SWISH:
            return _("Swish")
        case Tender.INVOICE:
            return _("Faktura")
        case Tender.ON_ACCOUNT:
            return _("A conto")


def category(who: Category) -> str:
    """Name who pays for the patient's care."""
    match who:
        case Category.RESIDENT:
            return _("Bosatt i Sverige")
        case Category.ASYLUM:
            return _("Asylsökande")
        case Category.UNDOCUMENTED:
            return _("Papperslös")
        case Category.EU:
            return _("EU/EES med kort")
        case Category.OUTSIDE_EU:
            return _("Utomlands utan kort")
        case Category.OTHER_REGION:
            return _("Annan region")


def role(of: Role) -> str:
    """Name a person's role."""
    match of:
        case Role.CASHIER:
            return _("Kassör")
        case Role.SUPERVISOR:
            return _("Kassaansvarig")
        case Role.AUDITOR:
            return _("Granskare")


def vat_rate(rate: VatRate) -> str:
    """Name a VAT class."""
    return _("Momsfritt") if rate is VatRate.EXEMPT else _("Moms {percent} %").format(percent=rate.percent)


def reason(why: FeeReason) -> str:
    """Name a reason in a word or two, for a table that counts them."""
    return {
        FeeReason.FREE_VISIT: _("Avgiftsfritt besök"),
        FeeReason.UNDER_AGE: _("Avgiftsfritt: ung"),
        FeeReason.OVER_AGE: _("Avgiftsfritt: hög ålder"),
        FeeReason.FRIKORT: _("Frikort"),
        FeeReason.CEILING_REACHED: _("Högkostnadsskyddet nått"),
        FeeReason.CEILING_PART: _("Sista delen till frikort"),
        FeeReason.MISSED_UNDER_AGE: _("Uteblivet besök: ung"),
        FeeReason.MISSED_VISIT: _("Uteblivet besök"),
        FeeReason.ASYLUM_FEE: _("Avgift för asylsökande och papperslösa"),
        FeeReason.FULL_COST: _("Hela vårdkostnaden"),
        FeeReason.INVOICE_FEE: _("Faktureringsavgift"),
    }[why]


def fee_reason(line: Line, rules: FeeRules | None = None) -> str:
    """Say why a line costs what it does: the muted text under it (UX 2.3). Empty when it costs its price.

    With `rules` the age limits are told in years; without, as for an old receipt, only that there is one.
    """
    match line.reason:
        case None:
            return ""
        case FeeReason.UNDER_AGE if rules is not None:
            return _("Avgiftsfritt: under {years} år").format(years=rules.free_under_age)
        case FeeReason.OVER_AGE if rules is not None:
            return _("Avgiftsfritt: fyllt {years} år").format(years=rules.free_from_age)
        case FeeReason.MISSED_UNDER_AGE if rules is not None:
            return _("Ingen avgift under {years} år").format(years=rules.free_under_age)
        case FeeReason.MISSED_UNDER_AGE:
            return _("Ingen avgift för unga")
        case FeeReason.FRIKORT if line.until is not None:
            return _("Frikort gäller t.o.m. {day}").format(day=day(line.until))
        case FeeReason.CEILING_REACHED:
            return _("Avgiftsfritt: högkostnadsskyddet är nått")
        case FeeReason.CEILING_PART:
            return _("Återstod {left} till frikort (ordinarie {price}). Frikort från i dag").format(
                left=krona(line.amount_ore), price=krona(line.price_ore * line.quantity)
            )
        case FeeReason.MISSED_VISIT:
            return _("Frikort gäller inte. Räknas inte mot frikort")
        case why:
            return _extra(why)


def _extra(why: FeeReason) -> str:
    """Why the row costs more than the fee, or is there at all; else the reason's name."""
    match why:
        case FeeReason.FULL_COST:
            return _("Patienten betalar hela vårdkostnaden")
        case FeeReason.INVOICE_FEE:
            return _("Tillkommer när patienten väljer faktura")
        case _:
            return reason(why)


def call(support: str) -> str:
    """Say whom to ring, as the end of a sentence. `support` is the telephone number of the configuration."""
    return _("ring {support}").format(support=support or _("it-stödet"))
