"""The states of the first start, in its own window: nothing is enrolled, and what it hears is written here."""

from collections.abc import Iterator
from pathlib import Path

from PySide6.QtWidgets import QWidget

from kassaapp import selftest
from kassaapp.printout import trial
from kassaapp.selftest import Check, Verdict
from kassaapp.trouble import RefusedByRegion, Unreachable
from kassaapp.ui.first_window import FirstWindow
from sync.wire.canonical import to_text
from sync.wire.demo_keys import demo_keys


class _Told(FirstWindow):
    """Does nothing by itself."""

    def _begin(self, code: str) -> None:
        """It is being done."""

    def _finish(self, is_right: bool | None) -> str:
        self.tell(selftest.scanner(is_right))
        return "/home/mottagning/kassa/protokoll/protokoll-R0417-20261123-074200.pdf"

    def tell(self, check: Check) -> None:
        """That check is done."""
        self._tried(check)

    def went(self, error: Exception | None) -> None:
        """It is done, or this was in its way."""
        if error is None:
            self.shown.succeeded()
            self.view.draw()
        else:
            self._failed(error)


def first_states(folder: Path, size: tuple[int, int]) -> Iterator[tuple[str, QWidget]]:
    """The names of the states, and the window that is in them: of one that fails, and of one where all is well."""
    for name, checks in (("failing", _FAILING), ("well", _WELL)):
        window = _Told(folder, _TEXT, lambda _desk: None)
        window.resize(*size)
        window.show()
        window.activateWindow()
        for state in _a_start(window, checks, is_well=name == "well"):
            yield f"first-{name}-{state}", window
        window.close()
        window.deleteLater()


def _a_start(window: _Told, checks: tuple[Check, ...], *, is_well: bool) -> Iterator[str]:
    def go_on(typed: str = "") -> None:
        window.shown.go_on(typed)
        window.view.draw()

    if is_well:
        yield "code"
    else:
        go_on()
        yield "no-code"
        for error in (Unreachable(), RefusedByRegion("code")):
            go_on(_CODE)
            window.went(error)
            yield type(error).__name__.lower()
    go_on(_CODE)
    for check in checks[:-3]:
        window.tell(check)
    yield "working"
    for check in checks[-3:]:
        window.tell(check)
    window.went(None)
    yield "scanner"
    go_on(trial.CODE if is_well else "1234567890+123")
    if not is_well:
        yield "scanned-wrong"
        go_on("1234567890+123")
    yield "done"


_TEXT = f'root_key = "{to_text(demo_keys().root.public_key)}"\ndemo = true\n'
_CODE = "7KQ2-M4XP-93TD-AB6E-R5WN"
_GOOD, _NOTED, _FAILED = Verdict.GOOD, Verdict.NOTED, Verdict.FAILED
_WELL = (
    Check("Nyckel R0417H", _GOOD, "Signerar som certifikatet säger (k3VxQ0aB). Ligger i datorns nyckelring."),
    Check("Registrering", _GOOD, "R0417H hos Vårdcentralen Ekbacken, Region Demo."),
    Check("Prislista och användare", _GOOD, "Nummer 12: 41 artiklar i H, 9 som får ta betalt."),
    Check("Disk", _GOOD, "212 GB kvar."),
    Check("Andra mediet R0417H", _NOTED, "3 poster lästa tillbaka. Ligger på samma disk som kassajournalen.",
          "Ange en annan disk."),
    Check("Region R0417H", _GOOD, "Post 0 till 2 skickade, bevis mottaget och prövat."),
    Check("Klocka", _GOOD, "2026-11-23 07:42, som regionens."),
    Check("Kvittoskrivare", _GOOD, "network:192.0.2.10 tog emot provutskriften.", "Se att å ä ö är rätt."),
    Check("Provbesök R0417H", _GOOD, "200,00 kr i övningsläge, kvitto som PDF, journalen granskad: hel."),
)  # fmt: skip
_FAILING = (
    *_WELL[:3],
    Check("Disk", _FAILED, "212 MB kvar.", "Frigör plats: kassan tar inte betalt."),
    Check("Andra mediet R0417H", _FAILED, "Går inte att skriva i /media/mottagning/KASSASTICKA.",
          "Kontrollera mappen i klinikfilen."),
    Check("Region R0417H", _FAILED, "Svarade inte.", "Kontrollera nätverk, brandvägg och adressen i klinikfilen."),
    Check("Klocka", _FAILED, "2026-11-23 07:42, men regionens klocka är 2026-11-23 08:42.", "Ställ datorns klocka."),
    Check("Kvittoskrivare", _FAILED, "network:192.0.2.10: Papperet är slut.",
          "Se till skrivaren och gör om självtestet (selftest)."),
    Check("Provbesök R0417H", _FAILED, "Besöket blev inte registrerat: NotOnSale.", "Ring it-stödet."),
)  # fmt: skip
