"""What the watch finds in what tills have sent, and that it finds nothing in days that are as they should be."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kassaapp.domain import day_report
from kassaapp.domain.events import RegisterOpened
from kassaapp.domain.state import Session
from kassaapp.journal import payload
from sync.server import watch
from sync.server.memory import FILE, Memory
from sync.server.region import Region
from sync.server.sums import Sums
from sync.wire import record as rec
from sync.wire.frame import Frame
from tests import builders
from tests.sync.builders import Clock
from tests.sync.server.days import Till, a_till, changed


@pytest.fixture
def region(sqlite_region: Region) -> Region:
    return sqlite_region


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Memory]:
    made = Memory(tmp_path / FILE)
    yield made
    made.close()


@pytest.fixture
def till(region: Region, clock: Clock) -> Till:
    return a_till(region, clock)


def found(region: Region, memory: Memory) -> list[tuple[int, str]]:
    """What a look finds: the record and the word."""
    watch.look(region, memory)
    return [(one.seq, one.found.word) for one in memory.findings()]


def test_days_by_the_rules_give_nothing_to_find(till: Till, region: Region, memory: Memory) -> None:
    till.whole_day((1, 2, 3, 5, 7, 1))
    till.whole_day((1,), days=1)

    assert found(region, memory) == []
    assert [kept.last for kept in memory.sessions(till.chain, "2026-11-23")] == [9]


def test_every_kind_of_receipt_moves_the_z_as_the_region_reckons_it(till: Till, region: Region, memory: Memory) -> None:
    till.opens()
    sold = builders.a_sale(state=till.state, offers=(builders.CARD,))
    till.happens(sold)
    till.happens(builders.a_deposit(state=till.state))
    till.write("refund", changed_refund(till))
    till.sends()

    assert found(region, memory) == []


def changed_refund(till: Till) -> dict[str, dict[str, object]]:
    """A refund of the first receipt as the third, with the grand totals that follow."""
    contents = payload.contents(builders.a_refund())
    total = contents["a"]["total_ore"]
    grand = {"sales_ore": till.state.grand.sales_ore, "returns_ore": total}
    return contents | {"a": contents["a"] | {"receipt": 3, "grand": grand}}


def test_a_look_reads_only_what_is_new(till: Till, region: Region, memory: Memory) -> None:
    till.whole_day()
    first = watch.look(region, memory)
    till.whole_day(days=1)

    assert (first, watch.look(region, memory), watch.look(region, memory)) == (7, 6, 0)


def test_a_memory_that_was_deleted_is_made_again(till: Till, region: Region, memory: Memory, tmp_path: Path) -> None:
    till.whole_day()
    watch.look(region, memory)
    memory.close()
    (tmp_path / FILE).unlink()

    assert watch.look(region, Memory(tmp_path / FILE)) == 7


def test_a_memory_of_another_database_is_not_believed(till: Till, region: Region, memory: Memory) -> None:
    till.whole_day()
    watch.look(region, memory)
    with memory.writing():
        memory.move(till.chain, 3, bytes(32), memory.mark(till.chain)[2])

    assert watch.look(region, memory) == 7
    assert found(region, memory) == []


def test_a_price_that_is_not_in_the_list_is_found(till: Till, region: Region, memory: Memory) -> None:
    till.opens()
    till.sells(1)
    sale = till.frames.pop()
    [line] = sale.parts[0].content()["lines"]
    till.write("sale", changed(sale, lines=[line | {"price_ore": line["price_ore"] - 100}]))
    till.sends()

    assert (3, watch.PRICE) in found(region, memory)


def test_a_row_that_costs_less_than_its_price_without_a_reason_is_found(
    till: Till, region: Region, memory: Memory
) -> None:
    till.opens()
    till.sells(1)
    sale = till.frames.pop()
    [line] = sale.parts[0].content()["lines"]
    till.write("sale", changed(sale, lines=[line | {"amount_ore": line["amount_ore"] - 100}]))
    till.sends()

    assert found(region, memory) == [(3, "figures"), (3, watch.PRICE)]


def test_two_prices_of_one_article_on_one_day_are_found(till: Till, region: Region, memory: Memory) -> None:
    till.opens()
    till.sells(1)
    till.sells(1)
    sale = till.frames.pop()
    [line] = sale.parts[0].content()["lines"]
    till.write("sale", changed(sale, lines=[line | {"price_ore": 1}]))
    till.sends()

    assert (4, watch.TWO_PRICES) in found(region, memory)


def test_a_sale_under_a_configuration_that_nobody_published_is_found(
    till: Till, region: Region, memory: Memory
) -> None:
    till.cfg = bytes(32)
    till.whole_day((1,))

    assert found(region, memory) == [(3, watch.CONFIGURATION)]


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({"receipt": 7}, "number"),
        ({"grand": {"sales_ore": 1}}, "total"),
        ({"session": 9}, "session"),
        ({"to_pay_ore": 1}, "figures"),
        ({"receipt": "19610118-2803"}, "unread"),
        ({"receipt": 196101182803}, "unread"),
        ({"at": "19610118-2803"}, "unread"),
    ],
)
def test_a_receipt_that_does_not_follow_is_found(
    fields: dict[str, object], word: str, till: Till, region: Region, memory: Memory
) -> None:
    till.opens()
    till.sells(1)
    till.write("sale", changed(till.frames.pop(), **fields))
    till.sends()

    assert word in {what for _, what in found(region, memory)}
    assert "2803" not in "".join(one.found.says + one.day for one in memory.findings())


@pytest.mark.parametrize(
    "figure", ["sales_ore", "receipts", "by_tender", "grand", "expected_ore", "services", "by_vat", "opening_ore"]
)
def test_a_z_that_is_not_the_sum_of_its_records_is_found(
    figure: str, till: Till, region: Region, memory: Memory
) -> None:
    till.opens()
    till.sells(1)
    till.closes()
    close = till.frames.pop()
    figures = close.parts[0].content()["figures"]
    wrong = {"cash": 3} if isinstance(figures.get(figure), dict) else 3
    till.write("session-close", changed(close, figures=figures | {figure: wrong}))
    till.sends()

    assert found(region, memory) == [(4, "figures")]
    assert figure in memory.findings()[0].found.says


def test_a_figure_with_a_persons_name_is_not_repeated(till: Till, region: Region, memory: Memory) -> None:
    till.opens()
    till.closes()
    close = till.frames.pop()
    figures = close.parts[0].content()["figures"]
    till.write("session-close", changed(close, figures=figures | {"Test Testsson": 1}))
    till.sends()

    assert found(region, memory) == [(3, "figures")]
    assert "Testsson" not in memory.findings()[0].found.says


def test_a_gap_that_a_till_owns_up_to_is_found_and_what_follows_is_read_on(
    till: Till, region: Region, memory: Memory
) -> None:
    till.opens()
    till.write("gap", {"a": {"at": "2026-11-23T09:00:00+01:00", "first": 3, "count": 4}})
    till.sells(1, at=builders.LATER)
    till.closes()
    till.sends()

    assert found(region, memory) == [(3, "gap")]


def goes_on(till: Till, closed: bool = False) -> None:
    """The till's chain is a successor's: it begins in a session that the chain before left open, unless it `closed`."""
    till.opens()
    till.sells(1)
    if closed:
        till.closes()
    state, born = till.state, till.own.journal.enrolment
    numbers = state.grand, state.next_receipt, state.next_session, state.next_z
    till.frames.clear()
    till.happens(RegisterOpened(builders.AT, born.register, born.till, born.clinic, *numbers))


def test_a_successor_goes_on_in_the_session_that_the_chain_before_left_open(
    till: Till, region: Region, memory: Memory
) -> None:
    goes_on(till)
    till.sells(2)
    till.closes()
    till.whole_day(days=1)

    assert found(region, memory) == []


def test_a_successor_may_leave_the_session_of_the_chain_before_and_open_its_own(
    till: Till, region: Region, memory: Memory
) -> None:
    goes_on(till)
    till.state = replace(till.state, session=None)
    till.whole_day(days=1)

    assert found(region, memory) == []


def test_a_successor_sells_in_no_session_that_the_chain_before_had_closed(
    till: Till, region: Region, memory: Memory
) -> None:
    goes_on(till, closed=True)
    last = Session(1, builders.AT, "anber", day_report.opening(0, till.state.grand))
    till.state = replace(till.state, session=last)
    till.sells(2)
    till.sends()

    assert found(region, memory) == [(1, "session")]


def test_a_successor_that_sold_in_the_session_before_closes_it_before_the_next(
    till: Till, region: Region, memory: Memory
) -> None:
    goes_on(till)
    till.sells(2)
    till.state = replace(till.state, session=None)
    till.opens()
    till.sends()

    assert found(region, memory) == [(3, "session")]


def test_a_session_that_was_left_open_is_said_the_day_after(
    till: Till, clock: Clock, region: Region, memory: Memory
) -> None:
    till.opens()
    till.sends()
    till.is_heard(builders.EVENING)
    watch.look(region, memory)
    same_day = watch.standing(region, memory)
    clock.pass_s(86_400)

    assert same_day == []
    assert [one.found.word for one in watch.standing(region, memory)] == [watch.LEFT_OPEN]


def test_a_till_that_has_not_been_heard_from_is_silent_but_not_over_a_weekend(
    till: Till, clock: Clock, region: Region, memory: Memory
) -> None:
    till.whole_day()
    friday = builders.EVENING + timedelta(days=4)
    till.is_heard(friday)
    clock.now_ms = int((friday + timedelta(days=2, hours=22)).timestamp() * 1000)
    watch.look(region, memory)
    monday = watch.standing(region, memory)
    clock.pass_s(12 * 3600)

    assert monday == []
    assert [one.found.word for one in watch.standing(region, memory)] == [watch.SILENT]


def test_hours_of_a_weekend_are_not_counted() -> None:
    friday_noon = datetime(2026, 11, 27, 11, 0, tzinfo=UTC)

    assert watch.silent_h(friday_noon, friday_noon + timedelta(days=3)) == 24.0


_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.sampled_from(["", "cash", "exempt", "2026-11-23"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["amount_ore", "by", "vat"]), inner),
    max_leaves=6,
)
_KINDS = ("open", "session-open", "sale", "refund", "deposit", "repayment", "float", "cash-out", "drawer", "print",
          "training-off", "gap", "session-close", "another")  # fmt: skip
_FIELDS = ("at", "session", "receipt", "lines", "payments", "vat", "grand", "figures", "total_ore", "z", "visit_date",
           "to_pay_ore", "amount_ore", "counted_ore", "first", "count")  # fmt: skip


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.lists(st.tuples(st.sampled_from(_KINDS), st.dictionaries(st.sampled_from(_FIELDS), _JSON)), max_size=6))
def test_no_content_stops_the_reckoning(records: list[tuple[str, dict[str, object]]]) -> None:
    sums = Sums()

    for seq, (kind, a) in enumerate(records):
        found = sums.take(seq, kind, {"at": "2026-11-23T08:00:00+01:00", "session": 1, "receipt": 1, **a})
        assert all(one.word and one.says for one in found)
        sums = Sums.from_json(json.loads(json.dumps(sums.as_json())))


@pytest.mark.parametrize("content", [b"[]", b"not json", b'{"at":1}', b"{}", b'{"a":1.5}'])
def test_an_accounting_part_that_is_none_is_said_and_stops_nothing(
    content: bytes, till: Till, region: Region, memory: Memory
) -> None:
    till.opens()
    till.write("sale", {"a": {}})
    frame = till.frames.pop()
    bad = replace(frame.parts[0], data=content)
    header = replace(frame.record.header, parts={"a": bad.commitment})
    till.frames.append(Frame(rec.seal(header, till.own.journal.key), (bad,)))
    till.sells(1)
    till.sends()

    assert {seq for seq, _ in found(region, memory)} == {3}
