"""Counting a drawer, by denomination or as one sum, never both: there is one truth (UX 2.2)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kassaapp.domain import cash
from kassaapp.domain.errors import BadAmount
from kassaapp.domain.money import KRONA
from kassaapp.i18n import _
from kassaapp.wording import BadAmountText, amount, amount_spoken, explain, krona, read_amount

MAX_PIECES = 9999


@dataclass(frozen=True, slots=True)
class CountRow:
    """One denomination. `sum` is what its pieces are worth; `label` names the coin or note."""

    value_ore: int
    label: str
    pieces: str
    sum: str


@dataclass(frozen=True, slots=True)
class DrawerCountView:
    """All that is shown of a count. Rows and total are never open at once."""

    rows: tuple[CountRow, ...]
    total: str
    rows_open: bool
    total_open: bool
    counted: str
    counted_spoken: str
    error: str


class DrawerCount:
    """What has been typed of a count, kept as typed so that nothing is lost when stepping back."""

    def __init__(self, denominations_ore: Sequence[int]) -> None:
        self._values = tuple(sorted(denominations_ore, reverse=True))
        self._pieces: dict[int, str] = dict.fromkeys(self._values, "")
        self._total = ""
        self._error = ""

    @property
    def view(self) -> DrawerCountView:
        """What is shown."""
        try:
            counted_ore: int | None = self.read()
        except (BadAmountText, BadAmount):
            counted_ore = None
        return DrawerCountView(
            rows=tuple(self._row(value) for value in self._values),
            total=self._total,
            rows_open=not self._total,
            total_open=not any(self._pieces.values()),
            counted="–" if counted_ore is None else amount(counted_ore),
            counted_spoken="" if counted_ore is None else amount_spoken(counted_ore),
            error=self._error,
        )

    @property
    def is_typed(self) -> bool:
        """Whether anything has been."""
        return bool(self._total) or any(self._pieces.values())

    def type_pieces(self, value_ore: int, text: str) -> None:
        """The number of pieces of one denomination, as typed."""
        self._pieces[value_ore] = text.strip()
        self._error = ""

    def type_total(self, text: str) -> None:
        """The sum of the drawer, as typed."""
        self._total = text.strip()
        self._error = ""

    def check(self) -> int | None:
        """The counted sum in öre; None when something typed is no number of whole kronor, and then the view says so."""
        try:
            counted_ore = self.read()
        except (BadAmountText, BadAmount) as refused:
            self._error = explain(refused) if self._total else _("Skriv antalet med siffror, till exempel 12.")
            return None
        if counted_ore % KRONA:
            self._error = _("Kontanter räknas i hela kronor. Skriv beloppet utan ören.")
            return None
        return counted_ore

    def read(self) -> int:
        """The counted sum in öre, nothing being 0. Raises BadAmountText, BadAmount."""
        if self._total:
            return cash.checked_amount(read_amount(self._total))
        return cash.sum_of(self.denominations())

    def denominations(self) -> Mapping[int, int]:
        """Pieces by value in öre, for a drawer that was counted so. Raises BadAmountText."""
        return {value: _pieces(text) for value, text in self._pieces.items() if text}

    def _row(self, value_ore: int) -> CountRow:
        text = self._pieces[value_ore]
        try:
            worth = krona(value_ore * _pieces(text)) if text else ""
        except BadAmountText:
            worth = "–"
        return CountRow(value_ore, krona(value_ore), text, worth)


def _pieces(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) <= MAX_PIECES):
        raise BadAmountText
    return int(text)
