"""What the history calls each kind of event, what a start found, how somebody looked at a patient, and where cash went
(R53, R60, R68).
"""

from kassaapp.domain.events import CashPurpose, CheckResult, Look
from kassaapp.i18n import _


def event_kind(kind: str) -> str:
    """Name an event by its `kind`, a key of `events.KINDS`, as a row of the history begins."""
    return {
        "open": _("Kassan registrerad"),
        "start": _("Program startat"),
        "gap": _("Poster saknas"),
        "config": _("Nya inställningar"),
        "config-refused": _("Inställningar avvisade"),
        "sign-in": _("Inloggning"),
        "sign-in-failed": _("Fel pinkod"),
        "sign-out": _("Utloggning"),
        "lock": _("Kassan låst"),
        "session-open": _("Kassan öppnad"),
        "pay-start": _("Betalning påbörjad"),
        "pay-end": _("Betalning avslutad"),
        "sale": _("Försäljning"),
        "refund": _("Återbetalning"),
        "void": _("Makulering"),
        "deposit": _("A conto insättning"),
        "repayment": _("A conto återbetalning"),
        "grant-ask": _("A conto begärt från regionen"),
        "grant": _("A conto svar från regionen"),
        "release": _("A conto lämnat till andra kassor"),
        "release-end": _("A conto mottaget av regionen"),
        "float": _("Växelkassa ändrad"),
        "cash-out": _("Uttag ur kassan"),
        "drawer": _("Låda öppnad"),
        "count": _("Kontrollräkning"),
        "print": _("Utskrift"),
        "x-report": _("X-rapport"),
        "park": _("Lagt åt sidan"),
        "recall": _("Hämtat"),
        "approval": _("Godkännande"),
        "seen": _("Patientuppgift visad"),
        "export": _("Uppgifter exporterade"),
        "training-on": _("Övning börjar"),
        "training-off": _("Övning slutar"),
        "clock": _("Klockan tillbaka"),
        "session-close": _("Kassan stängd"),
    }[kind]


def check_result(found: CheckResult) -> str:
    """Name what the check of the journal found when the program started."""
    match found:
        case CheckResult.INTACT:
            return _("Journalen var hel")
        case CheckResult.RESTORED:
            return _("Poster hämtades tillbaka")
        case CheckResult.REPAIRED:
            return _("Journalen lagades, inget saknas")
        case CheckResult.TAIL_CUT:
            return _("Journalens slut saknas")
        case CheckResult.SUCCEEDED:
            return _("En ny kedja tog vid")


def look(how: Look) -> str:
    """Name how somebody looked at a patient."""
    match how:
        case Look.LOOK_UP:
            return _("Sökning")
        case Look.HISTORY:
            return _("Historik")
        case Look.RECEIPT:
            return _("Kvitto")
        case Look.BALANCE:
            return _("Saldo a conto")
        case Look.PRINT:
            return _("Utskrift")
        case Look.EXPORT:
            return _("Export")


def cash_purpose(purpose: CashPurpose) -> str:
    """Name where cash that leaves the till goes."""
    match purpose:
        case CashPurpose.BANK:
            return _("Till bank")
        case CashPurpose.EXPENSE:
            return _("Utlägg")
