"""Random days at a till, for hypothesis."""

from collections.abc import Callable
from datetime import timedelta
from fractions import Fraction

from hypothesis import strategies as st

from kassaapp.domain.events import Locked, ProgramStarted, SignedIn
from kassaapp.domain.fees import Wish
from kassaapp.domain.tender import Offer
from kassaapp.domain.visit import Tender
from tests.builders import CARD, CASH, OLD, SWISH, a_patient
from tests.domain.day import ON_ACCOUNT, Day

Act = Callable[[Day], None]
patients = st.sampled_from([a_patient(), a_patient(OLD, "Åke Äldre")])
wishes = st.lists(
    st.builds(Wish, st.sampled_from([101, 102, 103, 104, 105]), st.integers(1, 4)), min_size=1, max_size=3
)
tenders = st.sampled_from([[CASH], [CARD], [SWISH], [Offer(Tender.CASH, given_ore=1_000_000)], [ON_ACCOUNT]])
back = st.sampled_from([CASH, CARD, ON_ACCOUNT])
amounts = st.sampled_from([1, 50, 5_000, 20_000, 100_000])
shares = st.sampled_from([Fraction(1), Fraction(1), Fraction(1, 2), Fraction(0), Fraction(2)])
picks = st.integers(0, 20)
slips = st.sampled_from([0, -1_000, 1])
reasons = st.sampled_from(["Fel växel", None, " "])


def wished(method: Callable[..., None], *drawn: st.SearchStrategy[object]) -> st.SearchStrategy[Act]:
    return st.builds(lambda *arguments: lambda day: method(day, *arguments), *drawn)


a_good_sale = wished(Day.serve, patients, wishes, tenders)
acts: st.SearchStrategy[Act] = st.one_of(
    a_good_sale,
    a_good_sale,
    wished(Day.give_back, picks, shares, back),
    wished(Day.undo, picks),
    wished(Day.deposit, patients, amounts, back),
    wished(Day.repay, patients, shares, back),
    wished(Day.move_cash, st.sampled_from([-20_000, 0, 50_000]), amounts),
    wished(Day.go_home),
    wished(
        Day.sell,
        st.builds(a_patient, name=st.sampled_from(["Åke", ""])),
        st.lists(st.builds(Wish, st.sampled_from([1, 77, 104]), st.integers(0, 2)), max_size=2),
        st.sampled_from([[], [CARD, CASH], [Offer(Tender.CARD, 5_001), Offer(Tender.CASH, 4_989)]]),
    ),
    wished(Day.open, slips, reasons),
    wished(Day.close, slips, st.sampled_from([None, 0, 68_800]), reasons),
    st.sampled_from(["anber", "erilu"]).map(lambda by: lambda day: day.record(SignedIn(day.at, by))),
    st.just(lambda day: day.wish(lambda by: Locked(day.at, by))),
    st.just(lambda day: day.record(ProgramStarted(day.at, "0.1.0"))),
    st.sampled_from([1, 60, 600, -30]).map(lambda minutes: lambda day: day.let_pass(timedelta(minutes=minutes))),
)


@st.composite
def random_days(draw: st.DrawFn) -> Day:
    day = Day()
    day.record(SignedIn(day.at, "anber"))
    day.open(0, None)
    for act in draw(st.lists(acts, min_size=30, max_size=70)):
        act(day)
    return day
