"""The keys that work, as the help page lists them (UX 2.0)."""

from collections.abc import Sequence

from kassaapp.i18n import _


def key_list() -> Sequence[tuple[str, str]]:
    """Each key, and what it does."""
    return (
        ("F1", _("Hjälp och kortkommandon")),
        ("F2", _("Till patientfältet")),
        ("F3", _("Till artikelfältet")),
        ("F4", _("Betala a conto")),
        ("F5", _("Betala kontant")),
        ("F6", _("Betala med kort")),
        ("F7", _("Betala med Swish")),
        ("F8", _("Skicka till faktura")),
        ("F9", _("Kvitton: sök, makulera, återbetala")),
        ("F10", _("Meny")),
        ("F11", _("Byt kassa, mellan hälsovalskassan och den egenförvaltade")),
        ("Ctrl+P", _("Skriv ut: det som visas, eller det som inte har kommit ut")),
        ("Enter", _("Nästa fält, eller bekräfta den markerade knappen")),
        (_("Enter i tomt artikelfält"), _("Till betalsätten: 1 Kontant, 2 Kort, 3 Swish, 4 Faktura, 5 A conto")),
        ("Esc", _("Tillbaka ett steg. Rader tas aldrig bort")),
        ("Ctrl+1 … Ctrl+9", _("Snabbartikel 1–9")),
        ("2*1 Enter", _("Två av artikel 1, i artikelfältet")),
        ("+ −", _("Fler eller färre på den markerade raden")),
        ("Del", _("Ta bort den markerade raden")),
        ("Ctrl+Z", _("Ångra ändring av raderna")),
        ("Ctrl+D", _("Lägg försäljningen åt sidan")),
        (_("Ctrl+Skift+D"), _("Visa det som ligger åt sidan")),
        ("Ctrl+L", _("Lås kassan")),
        ("Ctrl + − 0", _("Större, mindre eller vanlig text")),
        (_("/ * − på sifferdelen"), _("Meny, nästa fält eller knapp, tillbaka: där inget är skrivet")),
        ("Alt", _("Understruken bokstav: den knappen eller det fältet")),
    )
