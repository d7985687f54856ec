"""The columns of a table for a special report, as they are chosen in the window; the file's own are Swedish."""

from kassaapp.i18n import _


def column(name: str) -> str:
    """Name a column by the name it is asked for with, a value of `kassaapp.export.csv.Column`."""
    return {
        "record": _("Post"),
        "at": _("Tid"),
        "till": _("Kassa"),
        "kind": _("Händelse"),
        "session": _("Session"),
        "user": _("Användare"),
        "receipt": _("Kvitto"),
        "amount": _("Belopp"),
        "difference": _("Differens"),
        "cash": _("Kontant"),
        "card": _("Kort"),
        "swish": _("Swish"),
        "invoice": _("Faktura"),
        "on_account": _("A conto"),
        "rounding": _("Öresavrundning"),
        "vat": _("Moms"),
        "articles": _("Artiklar"),
        "visit_date": _("Besöksdag"),
        "patient": _("Patient, som pseudonym"),
        "reason": _("Orsak"),
        "patient_number": _("Personnummer"),
        "patient_name": _("Namn"),
    }[name]
