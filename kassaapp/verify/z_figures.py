"""Which figures of a Z do not follow from the records, in the words that stand on it."""

from dataclasses import fields

from kassaapp.domain.figures import Figures

NAMES = {
    "sales_ore": "total försäljning",
    "by_group": "försäljning per huvudgrupp",
    "by_vat": "moms",
    "opening_ore": "växelkassa vid öppning",
    "float_changes_ore": "förändring av växelkassa",
    "goods": "antal sålda varor",
    "services": "antal sålda tjänster",
    "receipts": "antal kassakvitton",
    "drawer_openings": "antal lådöppningar",
    "copies": "kvittokopior",
    "training": "i övningsläge",
    "by_tender": "försäljning per betalningsmedel",
    "refunds": "returer",
    "discounts": "rabatter",
    "voids": "makulerat",
    "unfinished": "oavslutade försäljningar",
    "returned_vat": "moms på returer",
    "paid_in": "inbetalt utöver försäljning",
    "paid_out": "utbetalt till patienter",
    "cash_out_ore": "kontanter till bank och utlägg",
    "counts": "räkningar under sessionen",
    "grand": "grand total",
    "zero_registrations": "registreringar utan betalning",
    "deposits_ore": "a conto, insatt",
    "deposits_used_ore": "a conto, använt",
    "deposits_repaid_ore": "a conto, återbetalt",
    "rounding_ore": "öresavrundning",
    "cashiers": "kassörer",
    "expected_ore": "det som ska finnas",
    "counted_ore": "det som räknades",
    "difference_ore": "skillnad",
}
"""What each figure is called on paper. A test sees to it that none is missing."""


def differing(said: Figures, due: Figures) -> str:
    """The names of the figures in which the two are not equal, with commas between."""
    names = (field.name for field in fields(Figures))
    return ", ".join(NAMES[name] for name in names if getattr(said, name) != getattr(due, name))
