"""Cash that moves without a patient: the float, money to the bank, an expense, an opened drawer, a count in between
(UX 2.14, R05, R44, R50, R53).

What should lie in the drawer is told nowhere before it has been counted: the float is what was put there as float. What
goes on record as a reason is Swedish in every language of the window, for it goes on paper too.
"""

import enum
from collections.abc import Callable
from dataclasses import dataclass

from kassaapp.domain.errors import (
    BadAmount,
    NeedsApproval,
    NotEnoughCash,
    ReasonMissing,
    ReferenceMissing,
    Refused,
    SelfApproval,
)
from kassaapp.domain.events import CashPurpose
from kassaapp.domain.money import KRONA
from kassaapp.domain.visit import Tender
from kassaapp.i18n import _
from kassaapp.printout.cash_slip import CashMoved
from kassaapp.register import Register
from kassaapp.screens import drawer_job
from kassaapp.screens.after_sale import Paper
from kassaapp.screens.drawer_count import DrawerCount
from kassaapp.screens.drawer_job import FLOAT, RECORDED_PLACES, RECORDED_REASONS, Job
from kassaapp.screens.paper_line import NO_PAPER, PaperLine, paper_line
from kassaapp.screens.status import Tone
from kassaapp.screens.why import Why, WhyView
from kassaapp.wording import BadAmountText, amount, amount_spoken, difference, explain, read_amount


class Spot(enum.Enum):
    """Where the keyboard should be."""

    JOB = enum.auto()
    AMOUNT = enum.auto()
    PLACE = enum.auto()
    REFERENCE = enum.auto()
    SECOND = enum.auto()
    WHY = enum.auto()
    COUNT = enum.auto()
    BUTTON = enum.auto()


@dataclass(frozen=True, slots=True)
class DrawerView:
    """All that is shown. A label that is empty belongs to a field that this job does not have; `places`, `why` and the
    count likewise. `done` is what was last done, in the tone `tone`, and `paper` what became of its slip."""

    heading: str
    jobs: tuple[str, ...]
    job: Job
    about: str
    asks_amount: bool
    amount: str
    amount_error: str
    places_label: str
    places: tuple[str, ...]
    place: int
    reference_label: str
    reference: str
    reference_error: str
    second_label: str
    second: str
    second_error: str
    float_now: str
    float_now_spoken: str
    float_after: str
    float_after_spoken: str
    why: WhyView | None
    counting: bool
    button: str
    error: str
    done: str
    tone: Tone
    paper: PaperLine


class DrawerScreen:
    """`print_slip` is called with what has moved, and again when its slip is to be tried anew; `left` when one steps
    out."""

    def __init__(
        self, register: Register, *, print_slip: Callable[[CashMoved], None], left: Callable[[], None]
    ) -> None:
        self._register = register
        self._print_slip = print_slip
        self._left = left
        self.begin()

    def begin(self, job: Job = Job.ADD) -> None:
        """The screen is opened, for that job."""
        self._done, self._tone, self._paper = "", Tone.OK, NO_PAPER
        self._moved: CashMoved | None = None
        self._next(job)

    @property
    def view(self) -> DrawerView:
        """What is shown."""
        now_ore, after_ore = self._float_ore(), self._after_ore()
        is_float = self._job in FLOAT
        return DrawerView(
            heading=_("Växelkassa, bank och låda · låda {letter}").format(letter=self._register.till.letter),
            jobs=drawer_job.jobs(),
            job=self._job,
            about=drawer_job.about(self._job),
            asks_amount=self._job not in (Job.OPEN, Job.COUNT),
            amount=self._amount,
            amount_error=self._amount_error,
            places_label=drawer_job.place_label(self._job),
            places=drawer_job.places() if is_float else (),
            place=self._place,
            reference_label=drawer_job.reference_label(self._job),
            reference=self._reference,
            reference_error=self._reference_error,
            second_label=drawer_job.second_label(self._job),
            second=self._second,
            second_error=self._second_error,
            float_now=amount(now_ore) if is_float else "",
            float_now_spoken=amount_spoken(now_ore),
            float_after=("–" if after_ore is None else amount(after_ore)) if is_float else "",
            float_after_spoken="" if after_ore is None else amount_spoken(after_ore),
            why=self.why.view if self._job is Job.OPEN else None,
            counting=self._job is Job.COUNT,
            button=self._button(),
            error=self._error,
            done=self._done,
            tone=self._tone,
            paper=self._paper,
        )

    @property
    def spot(self) -> Spot:
        """Where the keyboard should be."""
        return self._spot

    # ── wishes ───────────────────────────────────────────────────────────────────────────────────────────────────

    def choose_job(self, number: int) -> None:
        """Another job: what belonged to the last one is gone, but not what was done."""
        self._next(Job(number))

    def type_amount(self, text: str) -> None:
        """How much, as typed."""
        self._amount, self._amount_error, self._error = text.strip(), "", ""

    def choose_place(self, number: int) -> None:
        """Where the money comes from, or goes."""
        self._place = number

    def type_reference(self, text: str) -> None:
        """The number of the bag or of the voucher, as typed."""
        self._reference, self._reference_error = text, ""

    def type_second(self, text: str) -> None:
        """The other person's name, as typed."""
        self._second, self._second_error = text, ""

    def settle(self) -> None:
        """Do it. What is refused moves nothing."""
        self._error = ""
        try:
            done = self._act()
        except (Refused, BadAmountText) as refused:
            self._refused(refused)
            return
        if done is not None:
            self._next(self._job)
            self._moved, self._paper = done, NO_PAPER
            self._print_slip(done)

    def print_again(self) -> None:
        """Try the slip anew."""
        assert self._moved is not None
        self._print_slip(self._moved)

    def paper_news(self, moved: CashMoved, paper: Paper) -> None:
        """What has become of the slip; one that failed may be tried anew."""
        if moved is self._moved:
            self._paper = paper_line(paper)

    def back(self) -> None:
        """Out."""
        self._left()

    # ── inside ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _next(self, job: Job) -> None:
        """Nothing typed."""
        self._job = job
        self._amount = self._reference = self._second = ""
        self._amount_error = self._reference_error = self._second_error = self._error = ""
        self._place = 0
        self._spot = Spot.JOB
        self.why = Why(drawer_job.reasons, RECORDED_REASONS)
        self.count = DrawerCount(self._register.configuration.policy.denominations_ore)

    def _act(self) -> CashMoved | None:
        """What moved; None when nothing that has a slip did. Raises Refused, BadAmountText."""
        match self._job:
            case Job.ADD | Job.TAKE:
                return self._change_float()
            case Job.EXCHANGE:
                return self._exchange()
            case Job.BANK | Job.EXPENSE:
                return self._take_out()
            case Job.OPEN:
                opened = self._register.open_drawer(self.why.text() or "")
                self._say(_("Lådan är öppnad utan försäljning. Det syns på Z-rapporten."))
                return opened
            case Job.COUNT:
                self._count()
                return None

    def _change_float(self) -> CashMoved:
        ore = self._read() if self._job is Job.ADD else -self._read()
        changed = self._register.change_float(ore, self._route())
        words = _("Lagt till {amount}") if ore > 0 else _("Taget ut {amount}")
        moved, now = words.format(amount=amount(abs(ore))), amount(self._float_ore())
        self._say(_("{moved}. Växelkassan är nu {now}.").format(moved=moved, now=now))
        return changed

    def _exchange(self) -> CashMoved:
        """Other notes and coins for the same sum: the drawer is opened without a sale, and says why."""
        ore = self._read()
        opened = self._register.open_drawer(f"Växlar valörer, {ore // KRONA} kr. {self._route()}")
        self._say(_("Växlat {amount}. Summan i lådan är oförändrad.").format(amount=amount(ore)))
        return opened

    def _take_out(self) -> CashMoved:
        ore = self._read()
        purpose = CashPurpose.BANK if self._job is Job.BANK else CashPurpose.EXPENSE
        taken = self._register.cash_out(ore, purpose, self._reference, self._second.strip() or None)
        words = _("Lämnat {amount} till bank.") if self._job is Job.BANK else _("Taget {amount} till utlägg.")
        self._say(words.format(amount=amount(ore)))
        return taken

    def _count(self) -> None:
        """Counted in between: it is on record, and only then is it said what should be there."""
        counted_ore = self.count.check()
        if counted_ore is None:
            self._spot = Spot.COUNT
            return
        counted = self._register.count({Tender.CASH.value: counted_ore})
        off_ore = counted.difference_ore[Tender.CASH]
        self._next(Job.COUNT)
        words = _("Räknat {counted} · enligt kassan {expected} · {words}. Räkningen är antecknad och ändrar inget.")
        self._say(
            words.format(
                counted=amount(counted_ore), expected=amount(counted_ore - off_ore), words=difference(off_ore)
            ),
            Tone.WARN if off_ore else Tone.OK,
        )

    def _say(self, words: str, tone: Tone = Tone.OK) -> None:
        self._done, self._tone, self._paper = words, tone, NO_PAPER

    def _route(self) -> str:
        """Where from or to, and who checked it, as it goes on record."""
        way = {Job.ADD: "Från", Job.TAKE: "Till", Job.EXCHANGE: "Mot"}[self._job]
        checked = self._second.strip()
        return f"{way} {RECORDED_PLACES[self._place]}" + (f", kontrollerat av {checked}" if checked else "")

    def _read(self) -> int:
        """The amount in öre: whole kronor, more than none. Raises BadAmountText, BadAmount."""
        ore = read_amount(self._amount)
        if ore <= 0 or ore % KRONA:
            raise BadAmount(ore)
        return ore

    def _float_ore(self) -> int:
        """What has been put in the drawer as float in this session."""
        session = self._register.state.session
        return 0 if session is None else session.figures.opening_ore + session.figures.float_changes_ore

    def _after_ore(self) -> int | None:
        try:
            ore = self._read()
        except (BadAmountText, BadAmount):
            return None
        moved_ore = {Job.ADD: ore, Job.TAKE: -ore}.get(self._job, 0)
        return self._float_ore() + moved_ore

    def _refused(self, refused: Refused | BadAmountText) -> None:
        """Say it at the field that it is about, and put the keyboard there."""
        match refused:
            case BadAmountText() | BadAmount():
                self._amount_error, self._spot = explain(refused), Spot.AMOUNT
            case NotEnoughCash():
                words = _("Så mycket finns inte i lådan enligt kassan. Kontrollera beloppet.")
                self._amount_error, self._spot = words, Spot.AMOUNT
            case ReferenceMissing():
                self._reference_error, self._spot = explain(refused), Spot.REFERENCE
            case NeedsApproval():
                words = _("Två personer lämnar pengar till bank. Skriv namnet på den andra.")
                self._second_error, self._spot = words, Spot.SECOND
            case SelfApproval():
                self._second_error, self._spot = explain(refused), Spot.SECOND
            case ReasonMissing():
                self._error, self._spot = _("Ange orsaken. För Annat behövs minst fem tecken."), Spot.WHY
            case _:
                self._error = explain(refused, support=self._register.configuration.support)
                self._spot = Spot.BUTTON

    def _button(self) -> str:
        """What will be done, with its sum."""
        match self._job:
            case Job.OPEN:
                return _("Öppna lådan")
            case Job.COUNT:
                return _("Klar med räkningen – {amount}").format(amount=self.count.view.counted)
        try:
            return drawer_job.with_sum(self._job).format(amount=amount(self._read()))
        except (BadAmountText, BadAmount):
            return drawer_job.without_sum(self._job)
