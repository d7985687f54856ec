"""Taking money: the panels for cash, card and Swish (UX 2.4–2.6). Nothing is registered before somebody has said that
the money is there, and what nobody knows is not guessed.

Each panel is given what is due and a way to register it, which may refuse.
"""

import urllib.parse
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from kassaapp.domain.cash import MAX_AMOUNT_ORE, checked_amount
from kassaapp.domain.errors import Refused
from kassaapp.domain.events import PaymentOutcome
from kassaapp.domain.money import KRONA, round_cash
from kassaapp.domain.tender import Offer
from kassaapp.domain.visit import Tender
from kassaapp.i18n import _
from kassaapp.screens.question import Question
from kassaapp.screens.terminal import TerminalAnswer
from kassaapp.wording import BadAmountText, amount, amount_spoken, explain, krona, read_amount

MUCH_CHANGE_ORE = 1_000 * KRONA
"""Change from here on is more than any note is over: ask whether a nought too many was typed (E31)."""

Sell = Callable[[Sequence[Offer]], None]
"""Registers the sale as paid so, or raises Refused."""


# ── Cash ─────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class CashView:
    """All that is shown. `given` is what stands in the field; `change` is empty while it does not cover what is due;
    `divide` is empty where the sum cannot be paid in parts. `sums` is due, rounding and to pay; with nothing to round
    only the last."""

    heading: str
    due: str
    rounding: str
    to_pay: str
    given: str
    likely: str
    change: str
    change_spoken: str
    pieces: str
    question: Question | None
    error: str
    button: str
    divide: str

    @property
    def sums(self) -> tuple[str, str, str]:
        """The three figures, those that say nothing left out."""
        return (self.due, self.rounding, self.to_pay) if self.due != self.to_pay else ("", "", self.to_pay)


class CashPayment:
    """Cash: rounded to whole kronor, with change. `given` begins as the exact sum. `divide` is called with what was
    handed over when it does not cover what is due, else with 0."""

    def __init__(
        self,
        total_ore: int,
        letter: str,
        denominations_ore: Sequence[int],
        sell: Sell,
        *,
        divide: Callable[[int], None] | None = None,
    ) -> None:
        self._total_ore = total_ore
        self._due_ore = round_cash(total_ore)
        self._letter = letter
        self._denominations = sorted((ore for ore in denominations_ore), reverse=True)
        self._sell = sell
        self._divide = divide
        self._given = _typed(self._due_ore)
        self._likely = likely_amounts(self._due_ore)
        self._asked = False
        self._error = ""

    @property
    def view(self) -> CashView:
        """What is shown."""
        change_ore = self._change_ore()
        return CashView(
            heading=_("Betala kontant · låda {letter}").format(letter=self._letter),
            due=amount(self._total_ore),
            rounding=amount(self._due_ore - self._total_ore),
            to_pay=amount(self._due_ore),
            given=self._given,
            likely=self._likely_words(),
            change="" if change_ore is None else krona(change_ore),
            change_spoken="" if change_ore is None else amount_spoken(change_ore),
            pieces="" if change_ore is None else self._pieces(change_ore),
            question=self._question() if self._asked else None,
            error=self._error,
            button=_("Registrera {amount} kontant").format(amount=krona(self._due_ore)),
            divide="" if self._divide is None else _("&Dela betalning"),
        )

    def divide(self) -> None:
        """Pay in parts, of which what was handed over is one."""
        assert self._divide is not None
        given_ore = self._read() or 0
        self._divide(given_ore if given_ore < self._due_ore and given_ore % KRONA == 0 else 0)

    def type(self, given: str) -> None:
        """What was handed over, as typed."""
        self._given = given
        self._asked, self._error = False, ""

    def take_back(self) -> bool:
        """Back to the amount from the question about it; whether there was one."""
        was_asked, self._asked = self._asked, False
        return was_asked

    def step(self, by: int) -> None:
        """Step through what people are likely to hand over: 1 to the next, −1 to the one before."""
        given_ore = self._read() or 0
        further = [ore for ore in self._likely if (ore > given_ore if by > 0 else ore < given_ore)]
        if further:
            self.type(_typed(further[0] if by > 0 else further[-1]))

    def register(self) -> None:
        """Register what was handed over; ask first when the change is suspiciously large."""
        try:
            given_ore = read_amount(self._given)
            if given_ore % KRONA:
                self._error = _("Kontant räknas i hela kronor. Skriv beloppet utan ören.")
                return
            if checked_amount(given_ore) - self._due_ore >= MUCH_CHANGE_ORE:
                self._asked = True
                return
            self._register(given_ore)
        except (Refused, BadAmountText) as refused:
            self._error = explain(refused)

    def answer(self, number: int) -> None:
        """Answer the question: 0 takes the safe way, 1 says that the large amount is right."""
        assert self._asked
        self._asked = False
        given_ore = read_amount(self._given)
        if number == 0:
            self.type(_typed(self._meant_ore(given_ore) or self._due_ore))
            return
        try:
            self._register(given_ore)
        except Refused as refused:
            self._error = explain(refused)

    def _register(self, given_ore: int) -> None:
        if given_ore < self._due_ore:
            words = _("{given} räcker inte, det saknas {missing}. Ändra beloppet eller dela betalningen.")
            if self._divide is None:
                words = _("{given} räcker inte, det saknas {missing}. Ändra beloppet eller välj ett annat betalsätt.")
            self._error = words.format(given=krona(given_ore), missing=krona(self._due_ore - given_ore))
            return
        self._sell([Offer(Tender.CASH, amount_ore=self._due_ore, given_ore=given_ore)])

    def _question(self) -> Question:
        given_ore = read_amount(self._given)
        change, right = krona(given_ore - self._due_ore), _("{given} &stämmer").format(given=krona(given_ore))
        meant_ore = self._meant_ore(given_ore)
        if meant_ore is None:
            return Question(_("Växeln blir {change}. Stämmer det?").format(change=change), (_("Ändra beloppet"), right))
        meant = krona(meant_ore)
        return Question(
            _("Växeln blir {change}. Menade du {meant}?").format(change=change, meant=meant),
            (_("Ändra till {meant}").format(meant=meant), right),
        )

    def _meant_ore(self, given_ore: int) -> int | None:
        """What was meant if a nought too many was typed; None when that would not cover what is due."""
        tenth_ore = given_ore // 10
        return tenth_ore if tenth_ore >= self._due_ore and tenth_ore % KRONA == 0 else None

    def _read(self) -> int | None:
        try:
            return read_amount(self._given)
        except BadAmountText:
            return None

    def _change_ore(self) -> int | None:
        given_ore = self._read()
        if given_ore is None or given_ore % KRONA or not self._due_ore <= given_ore <= MAX_AMOUNT_ORE:
            return None
        return given_ore - self._due_ore

    def _likely_words(self) -> str:
        exact, *more = self._likely
        words = [_("Jämnt {amount}").format(amount=krona(exact)), *(krona(ore) for ore in more)]
        return " · ".join(words)

    def _pieces(self, change_ore: int) -> str:
        """Which notes and coins, the largest first."""
        words = []
        for value_ore in self._denominations:
            count, change_ore = divmod(change_ore, value_ore)
            if count:
                words.append(f"{count} × {krona(value_ore)}")
        return "   ".join(words)


def likely_amounts(due_ore: int) -> tuple[int, ...]:
    """The exact sum, and what it becomes when paid with whole tens, fifties, hundreds, five hundreds and thousands."""
    steps = (10, 50, 100, 500, 1_000)
    return tuple(sorted({due_ore, *(-(-due_ore // (step * KRONA)) * step * KRONA for step in steps)}))


def _typed(ore: int) -> str:
    """An amount as it would be typed."""
    kronor, rest = divmod(ore, KRONA)
    return f"{kronor},{rest:02}" if rest else str(kronor)


# ── Card ─────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class CardView:
    """All that is shown. With `doubt` somebody must look in the terminal before anything else happens."""

    heading: str
    instruction: str
    amount: str
    amount_spoken: str
    question: str
    approved: str
    declined: str
    unknown: str
    doubt: Question | None
    error: str


class CardPayment:
    """A card payment that has been begun. `sell` registers it; `declined` is told why no money came."""

    def __init__(self, total_ore: int, sell: Sell, *, declined: Callable[[PaymentOutcome], None]) -> None:
        self._total_ore = total_ore
        self._sell = sell
        self._declined = declined
        self._reference = ""
        self._in_doubt = self._asks = False
        self._error = ""

    @property
    def view(self) -> CardView:
        """What is shown."""
        due = amount(self._total_ore)
        return CardView(
            heading=_("Betala med kort"),
            instruction=_("Slå in beloppet i kortterminalen"),
            amount=due,
            amount_spoken=amount_spoken(self._total_ore),
            question=_("Vad visar terminalen?"),
            approved=_("Godkänt – registrera {amount}").format(amount=due),
            declined=_("&Nekat eller avbrutet"),
            unknown=_("&Vet inte"),
            doubt=self._doubt() if self._asks else None,
            error=self._error,
        )

    @property
    def in_doubt(self) -> bool:
        """Whether somebody has said that nobody knows how it ended."""
        return self._in_doubt

    def hear(self, answer: TerminalAnswer) -> None:
        """What a connected terminal says."""
        self._reference = answer.reference or self._reference
        if answer.outcome is None:
            self.doubt()
        elif answer.outcome is PaymentOutcome.PAID:
            self.approve()
        else:
            self._declined(answer.outcome)

    def type_reference(self, text: str) -> None:
        """The terminal's own number for the purchase; may be left out."""
        self._reference = text.strip()

    def approve(self) -> None:
        """The terminal says approved: register."""
        offer = Offer(Tender.CARD, amount_ore=self._total_ore, reference=self._reference or None)
        try:
            self._sell([offer])
        except Refused as refused:
            self._error = explain(refused)

    def decline(self) -> None:
        """The terminal says no."""
        self._declined(PaymentOutcome.DECLINED)

    def doubt(self) -> None:
        """Nobody knows what the terminal did (E34). Nothing is registered until somebody has looked, and the payment
        stays begun."""
        self._in_doubt = self._asks = True

    def answer(self, number: int) -> None:
        """What the terminal's own list says: 0 nobody has looked yet, 1 the purchase is there, 2 it is not."""
        self._asks = False
        if number == 1:
            self.approve()
        elif number == 2:
            self._declined(PaymentOutcome.NOT_FOUND)

    def _doubt(self) -> Question:
        return Question(
            _(
                "Kassan vet inte om kortköpet på {amount} gick igenom, och inget är registrerat. Se efter i "
                "terminalens egen lista innan du fortsätter. Försäljningen ligger kvar."
            ).format(amount=amount(self._total_ore)),
            (_("Tillbaka till kortköpet"), _("Köpet finns – registrera"), _("Köpet finns inte")),
        )


# ── Swish ────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class SwishView:
    """All that is shown. `code` is what the QR says; empty when the clinic has no Swish number."""

    heading: str
    code: str
    amount: str
    amount_spoken: str
    to: str
    mark: str
    waiting: str
    advice: str
    arrived: str
    absent: str
    error: str


class SwishPayment:
    """Swish: the patient reads a code with everything filled in, and the clinic's own list tells when it has come."""

    def __init__(self, total_ore: int, number: str, mark: str, sell: Sell) -> None:
        self._total_ore = total_ore
        self._number = "".join(number.split())
        self._mark = mark
        self._sell = sell
        self._error = "" if self._number else _("Kliniken har inget Swishnummer. Välj ett annat betalsätt.")

    @property
    def view(self) -> SwishView:
        """What is shown."""
        return SwishView(
            heading=_("Betala med Swish"),
            code=swish_code(self._number, self._total_ore, self._mark) if self._number else "",
            amount=amount(self._total_ore),
            amount_spoken=amount_spoken(self._total_ore),
            to=_("Till {number}").format(number=_grouped(self._number)) if self._number else "",
            mark=_("Märkning {mark}").format(mark=self._mark),
            waiting=_("Väntar på betalningen …") if self._number else "",
            advice=_("Kontrollera i kassans Swish-lista, inte i patientens telefon."),
            arrived=_("Betalningen har kommit – registrera"),
            absent=_("Inge&n betalning"),
            error=self._error,
        )

    def arrive(self) -> None:
        """The clinic's list shows the payment: register."""
        if not self._number:
            return
        try:
            self._sell([Offer(Tender.SWISH, amount_ore=self._total_ore)])
        except Refused as refused:
            self._error = explain(refused)

    def miss(self) -> None:
        """It is not in the list (E35). Nothing is recorded; the panel stays."""
        self._error = _(
            "Betalningen har inte kommit. Titta i kassans Swish-lista, inte i patientens telefon. "
            "Vänta eller välj ett annat betalsätt."
        )


def swish_code(number: str, total_ore: int, mark: str) -> str:
    """What a prefilled Swish QR says: `C`, the payee, the amount with a decimal comma, the message URL-encoded, and the
    mask of what the payer may change, 0 being nothing (Getswish, QR code API manual, section 6.1)."""
    kronor, rest = divmod(total_ore, KRONA)
    return f"C{number};{kronor},{rest:02};{urllib.parse.quote(mark, safe='')};0"


def _grouped(number: str) -> str:
    """A Swish number as it is read out: 123 118 11 89."""
    if len(number) != 10:
        return number
    return f"{number[:3]} {number[3:6]} {number[6:8]} {number[8:]}"
