"""Each event gets its paper, and a copy or practice says so in letters that nobody can overlook (R42)."""

import ctypes
from collections.abc import Callable
from dataclasses import dataclass, replace

import pypdfium2
import pytest

from kassaapp.domain import drawer
from kassaapp.domain.fees import Wish
from kassaapp.printout import Marking, cash_slip, day_report, document
from kassaapp.printout.documents import Documented
from kassaapp.printout.pdf import to_pdf
from kassaapp.printout.slip import Slip, lines
from tests.builders import (
    LATER,
    a_closed_session,
    a_configuration,
    a_deposit,
    a_record,
    a_refund,
    a_repayment,
    a_sale,
    a_void,
    an_open_till,
)

ENV = a_record().env


def own_sale() -> Documented:
    return a_sale(wishes=[Wish(101)], till="E")


def own_refund() -> Documented:
    return a_refund(a_sale(wishes=[Wish(101)], till="E"), till="E")


def own_void() -> Documented:
    return a_void(a_sale(wishes=[Wish(101)], till="E"), till="E")


EVERY = [
    ("H", a_sale, "Kvitto R0417H-1", "Kvitto R0417H-1"),
    ("H", a_refund, "Returkvitto R0417H-2", "RETURKVITTO"),
    ("H", a_void, "Makuleringskvitto R0417H-2", "MAKULERINGSKVITTO"),
    ("H", a_deposit, "A conto R0417H-1", "A CONTO"),
    ("H", a_repayment, "A conto R0417H-2", "A CONTO"),
    ("E", own_sale, "Kontantfaktura R0417E-1", "KONTANTFAKTURA"),
    ("E", own_refund, "Kreditfaktura R0417E-2", "KREDITFAKTURA"),
    ("E", own_void, "Kreditfaktura R0417E-2", "KREDITFAKTURA"),
]
IDS = ["sale", "refund", "void", "deposit", "repayment", "own-sale", "own-refund", "own-void"]


def papers(till: str, event: Documented, *, demo: bool = False, marking: Marking | None = None) -> Slip:
    settings = a_configuration()
    return document(event, settings, settings.till(till), ENV, demo=demo, marking=marking)


def said(slip: Slip) -> list[str]:
    return [line.strip() for line in lines(slip)]


@pytest.mark.parametrize(("till", "made", "title", "heading"), EVERY, ids=IDS)
def test_every_event_gets_its_paper(till: str, made: Callable[[], Documented], title: str, heading: str) -> None:
    slip = papers(till, made())

    assert slip.title == title
    assert any(line.startswith(heading) for line in said(slip))


@pytest.mark.parametrize(("till", "made", "title", "heading"), EVERY, ids=IDS)
def test_every_paper_has_what_a_receipt_must_have(
    till: str, made: Callable[[], Documented], title: str, heading: str
) -> None:
    event = made()

    text = "\n".join(said(papers(till, event)))

    who_and_where = ["Ekbacken Vård AB", "556016-0680", "Ekvägen 1, 123 45 Demostad"]
    which = [f"R0417{till}-{event.receipt}", f"{event.at:%Y-%m-%d %H:%M}", f"Kassa R0417{till}", "Session 1", "anber"]
    how = ["Kontant", "Undantag Skatteverket", "Kod i kassajournalen", "[QR-kod]", "Patient Test Testsson"]
    for word in (*who_and_where, *which, *how):
        assert word in text, f"{word}: {title}, {heading}"


@pytest.mark.parametrize(("till", "made", "title", "heading"), EVERY, ids=IDS)
def test_no_paper_tells_who_a_patient_is_that_was_protected_afterwards(
    till: str, made: Callable[[], Documented], title: str, heading: str
) -> None:
    event = made()
    known = "\n".join(said(papers(till, event)))

    hidden = "\n".join(said(papers(till, replace(event, patient=replace(event.patient, protected=True)))))

    for word in ("Testsson", "610118", "Teststad"):
        assert word not in hidden, f"{title}, {heading}"
    assert "Testsson" in known


# ── Marking ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("marking", Marking)
@pytest.mark.parametrize(("till", "made", "title", "heading"), EVERY, ids=IDS)
def test_a_marked_paper_says_so_on_a_line_of_its_own_before_all_else(
    till: str, made: Callable[[], Documented], title: str, heading: str, marking: Marking
) -> None:
    original, marked = papers(till, made()), papers(till, made(), marking=marking)

    assert said(marked)[0] == marking.value
    assert marking.value not in said(original)
    assert said(marked)[2:] == said(original), f"{title}, {heading}"


def test_the_words_are_those_of_the_regulation() -> None:
    assert [marking.value for marking in Marking] == ["KOPIA", "ÖVNING"]


@pytest.mark.parametrize("marking", Marking)
def test_reports_and_cash_slips_are_marked_too(marking: Marking) -> None:
    settings = a_configuration()
    till = settings.till("H")
    opened, closed = a_closed_session()
    state = an_open_till()
    assert state.session is not None

    z = day_report.z_report(closed, settings, till, bytes(32), opened=opened, marking=marking)
    x = day_report.x_report(state.session, settings, till, at=LATER, by="anber", marking=marking)
    opened_drawer = drawer.open_drawer(state, "Växlade sedel", at=LATER, by="anber")
    moved = cash_slip.cash_slip(opened_drawer, settings, till, ENV, marking=marking)

    assert [said(slip)[0] for slip in (z, x, moved)] == [marking.value] * 3


@pytest.mark.parametrize("marking", Marking)
@pytest.mark.parametrize(("till", "made", "title", "heading"), EVERY, ids=IDS)
def test_the_mark_is_twice_as_high_as_any_amount(
    till: str, made: Callable[[], Documented], title: str, heading: str, marking: Marking
) -> None:
    drawn = characters(to_pdf(papers(till, made(), marking=marking)))
    whole = "".join(char.letter for char in drawn)
    start = whole.index(marking.value)

    mark = drawn[start : start + len(marking.value)]
    digits = [char for char in drawn if char.letter.isdigit()]

    assert len(digits) > 50
    assert min(char.size for char in mark) >= 2 * max(char.size for char in digits), f"{title}, {heading}"
    assert min(char.height for char in mark) >= 2 * max(char.height for char in digits)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A letter on the page, with the size of its font and the height of its ink, in points."""

    letter: str
    size: float
    height: float


def characters(pdf: bytes) -> list[Drawn]:
    """What is drawn on the only page, letter by letter."""
    page = pypdfium2.PdfDocument(pdf)[0].get_textpage()
    drawn = []
    for index in range(page.count_chars()):
        corners = [ctypes.c_double() for _ in range(4)]
        if pypdfium2.raw.FPDFText_GetCharBox(page, index, *corners):
            letter = chr(pypdfium2.raw.FPDFText_GetUnicode(page, index))
            size = pypdfium2.raw.FPDFText_GetFontSize(page, index)
            drawn.append(Drawn(letter, size, corners[3].value - corners[2].value))
    return drawn
