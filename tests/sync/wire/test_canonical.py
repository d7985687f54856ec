"""One value, one sequence of bytes."""

import json
import unicodedata

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from sync.wire import canonical
from sync.wire.errors import Malformed

TEXT = st.text(st.characters(codec="utf-8")).map(lambda text: unicodedata.normalize("NFC", text))
KEYS = st.text(st.characters(codec="ascii"))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=20,
)


@given(VALUES)
def test_the_bytes_are_those_of_an_independent_rfc_8785(value: object) -> None:
    assert canonical.encode(value) == rfc8785.dumps(value)  # type: ignore[arg-type]


@given(VALUES)
def test_what_is_written_reads_back(value: object) -> None:
    assert canonical.decode(canonical.encode(value)) == value


@given(VALUES, st.data())
def test_a_flipped_bit_is_another_value_or_no_value(value: object, data: st.DataObject) -> None:
    raw = bytearray(canonical.encode(value))
    bit = data.draw(st.integers(0, len(raw) * 8 - 1))
    raw[bit // 8] ^= 1 << bit % 8

    try:
        other = canonical.decode(bytes(raw))
    except Malformed:
        return

    assert canonical.encode(other) != canonical.encode(value)


@pytest.mark.parametrize(
    "text",
    [
        '{"a":1,"a":2}',
        '{"b":1,"a":2}',
        '{"a": 1}',
        "1.0",
        "1e3",
        "NaN",
        "-0",
        "01",
        "9007199254740992",
        "1" * 5000,
        '"\\u0041"',
        '"\\/"',
        '"e\u0301"',
        '{"å":1}',
        "[" * 18 + "]" * 18,
        "[" * 100_000,
        "",
        " 1",
        "\ufeff1",
        '"\\ud800"',
    ],
)
def test_another_spelling_is_refused(text: str) -> None:
    with pytest.raises(Malformed):
        canonical.decode(text.encode("utf-8", "surrogatepass"))


@pytest.mark.parametrize("value", [1.5, 2**53, {"å": 1}, {1: 1}, "e\u0301", "\ud800", b"x", object(), "x" * 70_000])
def test_what_the_form_cannot_hold_is_refused(value: object) -> None:
    with pytest.raises(Malformed):
        canonical.encode(value)


@given(st.binary(max_size=80))
def test_base64url_has_one_spelling(data: bytes) -> None:
    text = canonical.to_text(data)

    assert canonical.from_text(text, len(data)) == data


@pytest.mark.parametrize("text", ["AA==", "AB", "A", "A A", "Å", 3, None, "AA+/"])
def test_other_base64_is_refused(text: object) -> None:
    with pytest.raises(Malformed):
        canonical.from_text(text)


def test_json_that_is_not_utf8_is_refused() -> None:
    with pytest.raises(Malformed):
        canonical.decode(json.dumps("å", ensure_ascii=False).encode("latin-1"))
