"""Rows become lines of text: never wider than the roll, and nothing of the text is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kassaapp.printout.slip import (
    Align,
    Big,
    Columns,
    Qr,
    Row,
    Rule,
    Signature,
    Slip,
    Space,
    Text,
    lines,
    printable,
    wrap,
)

ROWS = st.one_of(
    st.builds(Text, st.text(), align=st.sampled_from(Align), indent=st.integers(0, 4)),
    st.builds(Columns, st.text(), st.text(), indent=st.integers(0, 4)),
    st.builds(Big, st.text()),
    st.builds(Signature, st.text()),
    st.builds(Qr, st.text()),
    st.builds(Rule),
    st.builds(Space),
)


@given(st.lists(ROWS), st.sampled_from([32, 42, 48]))
def test_no_line_is_wider_than_the_roll(rows: list[Row], width: int) -> None:
    written = lines(Slip("x", tuple(rows)), width)

    assert all(len(line) <= width for line in written)
    assert all("\n" not in line for line in written)


@given(st.text(), st.text())
def test_a_label_and_its_value_are_written_whole(left: str, right: str) -> None:
    written = "".join(lines(Slip("x", (Columns(left, right),))))

    said = sorted("".join((printable(left) + printable(right)).split()))
    assert sorted("".join(written.split())) == said


def test_a_value_stands_flush_right_beside_its_label() -> None:
    slip = Slip("x", (Columns("Läkarbesök", "200,00"), Columns("moms", "1,00", indent=2)))

    assert lines(slip, 24) == ["Läkarbesök        200,00", "  moms              1,00"]


def test_a_long_label_goes_on_below_its_value() -> None:
    slip = Slip("x", (Columns("Makulerat och annat som minskat försäljningen", "0,00"),))

    assert lines(slip, 24) == ["Makulerat och annat 0,00", "som minskat", "försäljningen"]


def test_a_value_without_room_stands_below_its_label() -> None:
    slip = Slip("x", (Columns("Kassör", "maria-fernanda.gustavsson"),))

    assert lines(slip, 28) == ["Kassör", "   maria-fernanda.gustavsson"]


def test_a_word_wider_than_the_line_is_cut() -> None:
    assert wrap("ab kontantfakturering", 8, len) == ["ab", "kontantf", "aktureri", "ng"]


@pytest.mark.parametrize(
    ("text", "paper"),
    [
        ("1\u202f234,50\u00a0kr", "1 234,50 kr"),
        ("\u2212300,00", "-300,00"),
        ("2026–2027", "2026-2027"),
        ("a\x1bm\n\u202eb", "a m  b"),
        ("åäö ÅÄÖ é Łukasz", "åäö ÅÄÖ é Łukasz"),
    ],
)
def test_paper_gets_plain_spaces_and_hyphens_and_nothing_that_steers_a_printer(text: str, paper: str) -> None:
    assert printable(text) == paper
