"""The XML is what SKVFS 2021:16 demands, holds every registration once, and its sums are those of the journal."""

import io
import os
import tracemalloc
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from random import Random

import pytest
from lxml import etree

from kassaapp.domain.events import (
    DepositRepaid,
    DepositTaken,
    Event,
    FloatChanged,
    ReceiptPrinted,
    RegisterOpened,
    SaleRefunded,
    SaleRegistered,
    SaleVoided,
    SessionClosed,
    SessionOpened,
)
from kassaapp.export import policy, xml
from kassaapp.export.elements import Elements
from kassaapp.export.past import Past, Period, survey
from kassaapp.trouble import BadConfiguration, NothingThere
from tests.builders import ADULT, OLD, PROTECTED
from tests.export.years import SWEDEN, Year, an_occasion, past_of

KOMPONENT = "{http://xmls.skatteverket.se/se/skatteverket/td/komponent/utredningsstod/1.0}"
YEAR = Period(date(2026, 1, 1), date(2026, 12, 31))
WORDS = {"cash": "Kontant", "card": "Kort", "swish": "Swish", "on_account": "A conto"}
SHARED = Path(os.environ.get("KASSA_SHARED", Path(__file__).resolve().parents[3] / "shared"))
SCHEMA = SHARED / "data" / "skv-2021-16" / "instans-1.0.xsd"


def written(past: Past, period: Period = YEAR) -> bytes:
    out = io.StringIO()
    xml.write(out, past, period, survey(past, period), an_occasion("erilu"))
    return out.getvalue().encode()


@cache
def a_year() -> tuple[Event, ...]:
    return tuple(Year(Random(20260101), 365).events)


@cache
def its_xml() -> bytes:
    return written(past_of(a_year(), heir_from=1500))


def parsed(content: bytes) -> etree._Element:
    return etree.fromstring(content)


def of(tree: etree._Element, name: str) -> list[etree._Element]:
    return list(tree.iter(f"{KOMPONENT}{name}"))


def said(element: etree._Element, name: str) -> str:
    return element.findtext(f".//{KOMPONENT}{name}") or ""


def ore(element: etree._Element, name: str) -> int:
    return int(Decimal(said(element, name)) * 100)


def check_valid(content: bytes) -> None:
    """Skatteverket's schema is not ours to carry: it lies beside the repository, or the test says that it does not."""
    if not SCHEMA.exists():
        pytest.skip(f"no schema at {SCHEMA}")
    etree.XMLSchema(etree.parse(SCHEMA)).assertValid(etree.fromstring(content))


def test_a_random_year_is_valid() -> None:
    check_valid(its_xml())


@pytest.mark.parametrize("seed", range(20))
def test_a_random_week_is_valid_from_wherever_it_is_read(seed: int) -> None:
    random = Random(seed)
    events = Year(random, 7, datetime(2026, 10, 22, 7, 42, tzinfo=SWEDEN)).events
    first = date(2026, 10, 22) + timedelta(days=random.randint(0, 6))

    content = written(past_of(events), Period(first, first + timedelta(days=random.randint(0, 3))))

    check_valid(content)


def test_every_kind_of_registration_is_in_a_year() -> None:
    kinds = {element[-1].tag.removeprefix(KOMPONENT) for element in of(parsed(its_xml()), "Handelse")}

    assert kinds == {
        "StartAvKassaregister",
        "InloggningIKassaregister",
        "UtloggningUrKassaregister",
        "ForandraVaxelkassa",
        "Kassakvitto",
        "Returkvitto",
        "KopiaAvKassakvitto",
        "ParkeraRegistreradArtikel",
        "StangaParkering",
        "OppnaParkering",
        "OppnaKassaladaVidNollforsaljning",
        "OvrigRapport",
        "XDagrapport",
        "ZDagrapport",
        "StallaOmKlockan",
        "StallaOmTillOvningslage",
        "StallaOmTillNormallage",
    }


# ── The sums are the journal's ───────────────────────────────────────────────────────────────────


def test_receipts_add_up_to_the_sales_and_returns_of_the_journal() -> None:
    tree = parsed(its_xml())
    sales = [event for event in a_year() if isinstance(event, SaleRegistered)]
    returns = [event for event in a_year() if isinstance(event, SaleRefunded | SaleVoided)]
    on_account = [event for event in a_year() if isinstance(event, DepositTaken | DepositRepaid)]

    sold, returned = (
        [one for one in of(tree, name) if said(one, "NamnPaHuvudgrupp") != policy.ON_ACCOUNT_GROUP]
        for name in ("Kassakvitto", "Returkvitto")
    )

    total, vat = "TotaltForsaljningsbeloppISvenskaKronor", "MervardesskattPaForsaljningsbeloppet"
    assert sum(ore(one, total) for one in sold) == sum(event.total_ore for event in sales) != 0
    assert sum(ore(one, total) for one in returned) == sum(event.total_ore for event in returns) != 0
    assert sum(ore(one, vat) for one in sold) == sum(sum(event.vat.values()) for event in sales) != 0
    assert len(of(tree, "Kassakvitto")) + len(of(tree, "Returkvitto")) == len(sales) + len(returns) + len(on_account)


def test_rows_add_up_to_their_receipt_and_payments_to_what_was_paid() -> None:
    paid: Counter[str] = Counter()
    for one in of(parsed(its_xml()), "Kassakvitto"):
        rows = [ore(row, "PrisPaSaldArtikel") for row in of(one, "SaldArtikel")]
        assert sum(rows) == ore(one, "TotaltForsaljningsbeloppISvenskaKronor")
        for payment in of(one, "TotalForsaljningssummaPerBetalningsmedel"):
            paid[said(payment, "Betalningsmedel")] += ore(payment, "ForsaljningssummaPerBetalningsmedel")

    folded: Counter[str] = Counter()
    for event in a_year():
        for payment in event.payments if isinstance(event, SaleRegistered | DepositTaken) else ():
            folded[WORDS[payment.by]] += payment.amount_ore
    assert paid == folded


def test_receipts_have_every_number_once() -> None:
    tree = parsed(its_xml())

    numbers = [
        int(said(one, "LopnummerForKassakvitto"))
        for one in of(tree, "Handelse")
        if said(one, "LopnummerForKassakvitto")
    ]

    assert numbers == list(range(1, len(numbers) + 1))


def test_a_z_has_the_figures_that_its_receipts_and_floats_add_up_to() -> None:
    tree = parsed(its_xml())
    floats, sold = 0, Counter[str]()
    checked = 0
    for event in of(tree, "Handelse"):
        kind = event[-1].tag.removeprefix(KOMPONENT)
        if kind == "ForandraVaxelkassa":
            floats += ore(event, "ForandringAvVaxelkassaISvenskaKronor")
        if kind == "Kassakvitto" and said(event, "NamnPaHuvudgrupp") != policy.ON_ACCOUNT_GROUP:
            sold[said(event, "LopnummerForZDagrapportPaKvitto")] += ore(event, "TotaltForsaljningsbeloppISvenskaKronor")
        if kind == "ZDagrapport":
            assert ore(event, "VaxelkassansBeloppISvenskaKronor") == floats
            assert ore(event, "TotalForsaljningssumma") == sold[said(event, "LopnummerForZDagrapport")]
            floats, checked = 0, checked + 1

    assert checked == sum(isinstance(event, SessionClosed) for event in a_year())


def test_a_copy_repeats_its_original() -> None:
    tree = parsed(its_xml())
    originals = {said(one, "LopnummerForKassakvitto"): one for one in of(tree, "Kassakvitto")}
    copies = of(tree, "KopiaAvKassakvitto")

    pairs = [(one, originals[said(one, "LopnummerPaOriginalkvitto")]) for one in copies]

    total = "TotaltForsaljningsbeloppISvenskaKronor"
    assert [ore(copy, total) for copy, _ in pairs] == [ore(original, total) for _, original in pairs]
    assert all(said(copy, "KontrollkodForKvittotSomKopianAvser") == said(one, "Kontrollkod") for copy, one in pairs)
    assert [said(copy, "LopnummerForKvittokopia") for copy in copies] == [str(n) for n in range(1, len(copies) + 1)]
    assert len(copies) == sum(isinstance(event, ReceiptPrinted) and event.copy for event in a_year())


# ── What is in it, and what is not ───────────────────────────────────────────────────────────────


def test_no_patient_is_in_it() -> None:
    content = its_xml().decode()

    for secret in (ADULT[2:], OLD[2:], PROTECTED[2:], "Testsson", "Äldre", "SKYDDADE", "Testvägen"):
        assert secret not in content


def test_the_receipts_of_an_open_day_have_no_z_yet() -> None:
    events = Year(Random(3), 2).events
    while not isinstance(events[-1], SessionClosed):
        events = events[:-1]

    tree = parsed(written(past_of(events[:-1])))

    numbers = [said(one, "LopnummerForZDagrapportPaKvitto") for one in of(tree, "Handelse")]
    assert "0" in numbers
    assert "1" in numbers
    assert "2" not in numbers


def test_a_period_is_its_days_and_nothing_more() -> None:
    day = date(2026, 3, 3)

    tree = parsed(written(past_of(a_year()), Period(day, day)))

    times = [said(one, "Registreringstidpunkt") for one in of(tree, "Handelse")]
    assert {time[:10] for time in times} == {"2026-03-03"}
    inside = [one for one in a_year() if one.at.date() == day and isinstance(one, SessionOpened | FloatChanged)]
    assert len(of(tree, "ForandraVaxelkassa")) == len(inside)


def test_both_chains_of_a_till_are_listed_as_registers_of_their_own() -> None:
    tree = parsed(its_xml())

    listed = of(tree, "Kassaregistersystemet")

    assert [said(one, "Kassabeteckning") for one in listed] == ["R0417E", "R0417BE"]
    assert len({said(one, "TillverkningsnummerForKassaregistret") for one in listed}) == 2


def test_times_have_no_zone_and_the_hour_that_comes_twice_is_in_the_order_of_the_records() -> None:
    before = datetime(2026, 10, 25, 2, 59, 30, tzinfo=SWEDEN)
    after = datetime(2026, 10, 25, 2, 0, 10, tzinfo=SWEDEN, fold=1)
    events: list[Event] = [
        RegisterOpened(before, "R0417", "E", "ekbacken"),
        SessionOpened(before, "anber", 1, 50_000, 50_000),
        FloatChanged(after, "anber", 1, 1_000, "Växel"),
    ]
    past = past_of(events)

    tree = parsed(written(past))

    assert [said(one, "Registreringstidpunkt") for one in of(tree, "Handelse")] == [
        "2026-10-25T02:59:30",
        "2026-10-25T02:00:10",
    ]
    assert survey(past, YEAR).set_back == [after]


def test_days_without_a_registration_are_refused() -> None:
    with pytest.raises(NothingThere):
        written(past_of(a_year()), Period(date(2025, 1, 1), date(2025, 12, 31)))


def test_texts_are_made_to_fit() -> None:
    out = io.StringIO()
    elements = Elements(out)

    elements.text("A", "\x00å & <b>" + "x" * 100)
    elements.text("B", "  ")

    assert out.getvalue() == "<A>?å &amp; &lt;b&gt;" + "x" * 64 + "</A><B>-</B>"


def test_a_company_without_a_number_that_fits_is_refused() -> None:
    occasion = an_occasion()
    nameless = replace(occasion, clinic=replace(occasion.clinic, organisation_number="saknas"))
    past = past_of(a_year()[:50])

    with pytest.raises(BadConfiguration, match="organisation_number"):
        xml.write(io.StringIO(), past, YEAR, survey(past, YEAR), nameless)


# ── Any size ─────────────────────────────────────────────────────────────────────────────────────


class _Nowhere(io.StringIO):
    """Takes what is written and keeps nothing."""

    def write(self, text: str, /) -> int:
        return len(text)


def _peak_bytes(events: Sequence[Event]) -> int:
    past = past_of(events)
    tracemalloc.start()
    try:
        xml.write(_Nowhere(), past, YEAR, survey(past, YEAR), an_occasion())
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_ten_times_the_records_take_hardly_more_memory() -> None:
    events = Year(Random(7), 200).events
    tenth = events[: len(events) // 10]

    small, large = _peak_bytes(tenth), _peak_bytes(events)

    assert large < small + 100_000, (small, large)
