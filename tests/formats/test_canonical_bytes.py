"""T1: one value has one sequence of bytes, by the thousand, and what is not that sequence is no value."""

import json
from random import Random
from typing import Any

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.wire import canonical, entry, frame, messages, record
from sync.wire.errors import Malformed, WireError
from tests.builders import a_record
from tests.formats.values import MALFORMED, MAX_INTEGER, ON_THE_EDGE, a_value, bit_edits, byte_edits

VALUES = 10_000
EDITED = 100
"""How many values are edited in every bit and in every byte."""


def jsonable() -> st.SearchStrategy[Any]:
    """Anything that looks like a value, also what the form cannot hold."""
    leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12) | st.binary(max_size=3)
    return st.recursive(
        leaves,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
        max_leaves=8,
    )


def test_ten_thousand_values_have_the_bytes_of_an_independent_rfc_8785_and_read_back() -> None:
    random = Random("T1")
    for _ in range(VALUES):
        value = a_value(random)
        raw = canonical.encode(value)

        assert raw == rfc8785.dumps(value)
        assert canonical.decode(raw) == value
        assert json.dumps(canonical.decode(raw), sort_keys=True) == json.dumps(value, sort_keys=True)  # true is not 1


@settings(max_examples=300, deadline=None)
@given(jsonable())
def test_what_is_encoded_at_all_is_what_rfc_8785_says_and_reads_back(value: Any) -> None:
    try:
        raw = canonical.encode(value)
    except Malformed:
        return

    assert raw == rfc8785.dumps(value)
    assert canonical.decode(raw) == value


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=40) | st.text(max_size=20).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_bytes_from_anywhere_are_their_own_encoding_or_malformed(raw: bytes) -> None:
    try:
        value = canonical.decode(raw)
    except Malformed:
        return

    assert canonical.encode(value) == raw


def test_every_single_bit_edit_is_refused_or_another_value() -> None:
    random = Random("bits")
    read_as_other = 0
    for _ in range(EDITED):
        value = a_value(random)
        raw = canonical.encode(value)
        read_as_other += sum(_reads_as_another(edited, value) for edited in bit_edits(raw))

    assert read_as_other > 100  # A bit in a digit or a letter is another value: both ends of the rule were met.


def test_every_byte_put_in_or_left_out_is_refused_or_another_value() -> None:
    random = Random("bytes")
    read_as_other = 0
    for _ in range(EDITED):
        value = a_value(random)
        raw = canonical.encode(value)
        read_as_other += sum(_reads_as_another(edited, value) for edited in byte_edits(raw) if edited != raw)

    assert read_as_other > 100


def _reads_as_another(edited: bytes, value: Any) -> bool:
    """Whether edited bytes are a value at all, which must then be another one."""
    try:
        other = canonical.decode(edited)
    except Malformed:
        return False
    assert json.dumps(other, sort_keys=True) != json.dumps(value, sort_keys=True)
    return True


@pytest.mark.parametrize("wrong", MALFORMED)
def test_malformed_bytes_are_refused_as_such(wrong: str) -> None:
    with pytest.raises(Malformed):
        canonical.decode(MALFORMED[wrong])


@pytest.mark.parametrize("wrong", MALFORMED)
def test_malformed_bytes_are_refused_wherever_they_stand(wrong: str) -> None:
    """As a header, a ledger's leaf, a message, and a part, with no other error than ours."""
    raw = MALFORMED[wrong]
    readers = (
        lambda: record.read((bytes(64) + raw)[: record.MAX_ENV_BYTES]),
        lambda: entry.read_enrolment(raw),
        lambda: messages.Pushed.read(raw),
        lambda: record.Part("a", bytes(32), raw).content(),
    )

    for reader in readers:
        with pytest.raises(Malformed):
            reader()


@pytest.mark.parametrize("raw", ON_THE_EDGE, ids=lambda raw: repr(raw[:24]))
def test_what_is_just_within_the_form_is_read(raw: bytes) -> None:
    assert canonical.encode(canonical.decode(raw)) == raw


@pytest.mark.parametrize(
    "value", [MAX_INTEGER + 1, -MAX_INTEGER - 1, 1.0, float("nan"), "\udcb6", {"a": b""}, {None: 1}]
)
def test_what_the_form_cannot_hold_is_never_written(value: Any) -> None:
    with pytest.raises(Malformed):
        canonical.encode({"a": [value]})


def test_a_frame_with_any_byte_changed_is_refused_or_another_frame() -> None:
    own = frame.Frame(a_record(), (record.Part("a", b"\1" * 32, b"{}"), record.Part("p", b"\2" * 32, b'{"a":1}')))
    raw = frame.encode(own)

    for edited in byte_edits(raw, inserted=b"\0\1{") + bit_edits(raw):
        try:
            read = frame.decode_all(edited, at_most=4)
        except WireError:
            continue
        assert read != [own] or edited == raw
        assert frame.encode_all(read) == edited
