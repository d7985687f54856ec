"""The drawer without a patient: the float moves with a reason, the bank takes two names, and a count is blind."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from kassaapp.app import Desk
from kassaapp.domain.events import CashTakenOut, DrawerOpened, FloatChanged
from kassaapp.domain.session import Count
from kassaapp.history import Filter
from kassaapp.printout.cash_slip import CashMoved
from kassaapp.screens.after_sale import Paper
from kassaapp.screens.drawer import DrawerScreen, Spot
from kassaapp.screens.drawer_job import RECORDED_PLACES, RECORDED_REASONS, Job, jobs, places, reasons
from kassaapp.screens.status import Tone
from tests.desks import an_open_till


class Drawer:
    """A drawer screen and what it told."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.printed: list[CashMoved] = []
        self.left = 0
        self.screen = DrawerScreen(desk.register("H"), print_slip=self.printed.append, left=self._leave)

    def _leave(self) -> None:
        self.left += 1

    def do(self, job: Job, kronor: str = "", *, place: int = 0, reference: str = "", second: str = "") -> None:
        """Choose, fill in, and do it."""
        self.screen.choose_job(job)
        self.screen.type_amount(kronor)
        self.screen.choose_place(place)
        self.screen.type_reference(reference)
        self.screen.type_second(second)
        self.screen.settle()

    @property
    def expected_ore(self) -> int:
        """What should be in the drawer."""
        return self.desk.register("H").expected_cash_ore()


@pytest.fixture
def drawer(tmp_path: Path) -> Iterator[Drawer]:
    with an_open_till(tmp_path) as desk:
        yield Drawer(desk)


@pytest.mark.parametrize(
    ("job", "ore", "reason", "done"),
    [
        (
            Job.ADD,
            50_000,
            "Från den andra kassan",
            "Lagt till 500,00\u202fkr. Växelkassan är nu 1\u202f500,00\u202fkr.",
        ),
        (Job.TAKE, -50_000, "Till den andra kassan", "Taget ut 500,00\u202fkr. Växelkassan är nu 500,00\u202fkr."),
    ],
)
def test_the_float_moves_and_says_where_from_or_to(drawer: Drawer, job: Job, ore: int, reason: str, done: str) -> None:
    drawer.do(job, "500", place=2)

    (event,) = drawer.printed
    assert isinstance(event, FloatChanged)
    assert (event.amount_ore, event.reason, drawer.expected_ore) == (ore, reason, 100_000 + ore)
    assert (drawer.screen.view.amount, drawer.screen.spot) == ("", Spot.JOB)
    assert drawer.screen.view.done == done


def test_the_float_afterwards_and_the_button_say_the_sum(drawer: Drawer) -> None:
    drawer.screen.type_amount("500")
    adding = drawer.screen.view
    drawer.screen.choose_job(Job.EXCHANGE)
    drawer.screen.type_amount("200")
    exchanging = drawer.screen.view

    assert (adding.float_now, adding.float_after) == ("1\u202f000,00\u202fkr", "1\u202f500,00\u202fkr")
    assert adding.button == "Lägg till 500,00\u202fkr"
    assert (exchanging.float_after, exchanging.button) == ("1\u202f000,00\u202fkr", "Växla 200,00\u202fkr")


def test_exchanging_opens_the_drawer_and_moves_nothing(drawer: Drawer) -> None:
    drawer.do(Job.EXCHANGE, "500", second="Sara Lind")

    (event,) = drawer.printed
    assert isinstance(event, DrawerOpened)
    assert event.reason == "Växlar valörer, 500 kr. Mot kassaskåp, kontrollerat av Sara Lind"
    assert drawer.expected_ore == 100_000


def test_money_to_the_bank_has_a_bag_and_two_names(drawer: Drawer) -> None:
    drawer.do(Job.BANK, "800")
    bagless = drawer.screen.view.reference_error, drawer.screen.spot
    drawer.do(Job.BANK, "800", reference="P-17")
    alone = drawer.screen.view.second_error, drawer.screen.spot
    drawer.do(Job.BANK, "800", reference="P-17", second=" Anna berg ")
    twice = drawer.screen.view.second_error
    drawer.do(Job.BANK, "800", reference="P-17", second="Sara Lind")

    assert (bagless[0][:28], bagless[1]) == ("Ange vad uttaget gäller: pås", Spot.REFERENCE)
    assert alone == ("Två personer lämnar pengar till bank. Skriv namnet på den andra.", Spot.SECOND)
    assert twice.startswith("Du kan inte själv vara den andra personen.")
    (event,) = drawer.printed
    assert isinstance(event, CashTakenOut)
    assert (event.purpose.value, event.reference, event.second) == ("bank", "P-17", "Sara Lind")
    assert (drawer.expected_ore, drawer.screen.view.done) == (20_000, "Lämnat 800,00\u202fkr till bank.")


def test_an_expense_has_a_voucher_and_one_name(drawer: Drawer) -> None:
    drawer.do(Job.EXPENSE, "120", reference="Kvitto 5")

    (event,) = drawer.printed
    assert isinstance(event, CashTakenOut)
    assert (event.purpose.value, event.reference, event.second) == ("expense", "Kvitto 5", None)


def test_opening_without_a_sale_wants_a_reason(drawer: Drawer) -> None:
    drawer.do(Job.OPEN)
    asked = drawer.screen.view.error, drawer.screen.spot
    drawer.screen.why.choose(1)
    drawer.screen.settle()

    assert asked == ("Ange orsaken. För Annat behövs minst fem tecken.", Spot.WHY)
    (event,) = drawer.printed
    assert isinstance(event, DrawerOpened)
    assert event.reason == "Kontrollera lådan"


@pytest.mark.parametrize("job", [Job.ADD, Job.TAKE, Job.EXCHANGE, Job.BANK, Job.EXPENSE])
@pytest.mark.parametrize(
    ("typed", "error"),
    [("", "Skriv beloppet"), ("x", "Skriv beloppet"), ("0", "Ange ett belopp"), ("10,50", "10,50\u202fkr går inte")],
)
def test_what_is_no_sum_of_coins_moves_nothing(drawer: Drawer, job: Job, typed: str, error: str) -> None:
    drawer.do(job, typed, reference="P-17", second="Sara Lind")

    view = drawer.screen.view
    assert view.amount_error.startswith(error)
    assert (view.amount, drawer.screen.spot, drawer.printed) == (typed, Spot.AMOUNT, [])


@pytest.mark.parametrize("job", [Job.TAKE, Job.BANK])
def test_more_than_there_is_stays_and_nobody_learns_what_there_is(drawer: Drawer, job: Job) -> None:
    drawer.do(job, "1001", reference="P-17", second="Sara Lind")

    assert drawer.screen.view.amount_error == "Så mycket finns inte i lådan enligt kassan. Kontrollera beloppet."
    assert drawer.printed == []


def test_what_should_be_in_the_drawer_is_nowhere_before_it_is_counted(drawer: Drawer) -> None:
    drawer.do(Job.BANK, "123", reference="P-17", second="Sara Lind")
    shown = []

    for job in Job:
        drawer.screen.begin(job)
        shown.append(repr(drawer.screen.view))

    assert "877" not in "".join(shown)


@pytest.mark.parametrize(
    ("counted", "words", "tone"),
    [
        ("1000", "Stämmer", Tone.OK),
        ("950", "Saknas 50,00\u202fkr", Tone.WARN),
        ("1020", "20,00\u202fkr för mycket", Tone.WARN),
    ],
)
def test_a_count_in_between_is_blind_then_told_and_changes_nothing(
    drawer: Drawer, counted: str, words: str, tone: Tone
) -> None:
    drawer.screen.begin(Job.COUNT)
    drawer.screen.count.type_total(counted)
    drawer.screen.settle()

    view = drawer.screen.view
    assert f"enligt kassan 1\u202f000,00\u202fkr · {words}." in view.done
    assert (view.tone, drawer.printed, drawer.expected_ore) == (tone, [], 100_000)
    assert len(drawer.desk.history("H").find(Filter(kind="count"))) == 1


def test_a_count_that_is_no_number_is_not_recorded(drawer: Drawer) -> None:
    drawer.screen.begin(Job.COUNT)
    drawer.screen.count.type_total("tusen")
    drawer.screen.settle()

    assert drawer.screen.count.view.error.startswith("Skriv beloppet")
    assert drawer.desk.history("H").find(Filter(kind="count")) == []


@pytest.mark.parametrize("job", list(Job))
def test_without_an_open_till_every_job_is_refused_in_words(drawer: Drawer, job: Job) -> None:
    drawer.desk.register("H").close_session(Count(100_000), "123456")
    drawer.screen.choose_job(job)
    drawer.screen.why.choose(0)
    drawer.screen.type_amount("500")
    drawer.screen.type_reference("P-17")
    drawer.screen.type_second("Sara Lind")

    drawer.screen.settle()

    assert drawer.screen.view.error.startswith("Kassan är inte öppen.")


def test_a_slip_that_failed_may_be_tried_anew(drawer: Drawer) -> None:
    drawer.do(Job.ADD, "500")
    drawer.screen.paper_news(drawer.printed[0], Paper.FAILED)
    failed = drawer.screen.view

    drawer.screen.print_again()

    assert failed.paper.text.startswith("Utskriften gick inte att göra.")
    assert failed.paper.failed
    assert drawer.printed[0] is drawer.printed[1]


def test_what_is_shown_in_swedish_is_what_is_recorded() -> None:
    assert reasons() == RECORDED_REASONS
    assert tuple(place.lower() for place in places()) == RECORDED_PLACES
    assert len(jobs()) == len(Job)


def test_news_of_an_earlier_slip_say_nothing_about_the_newest(drawer: Drawer) -> None:
    drawer.do(Job.ADD, "500")
    drawer.do(Job.ADD, "500")

    drawer.screen.paper_news(drawer.printed[0], Paper.FAILED)

    assert not drawer.screen.view.paper.failed
