"""A header in the usual form is read in one go, and as it would be read otherwise; nothing more is taken that way."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sync.wire import canonical, record
from sync.wire.errors import Malformed
from sync.wire.record import CHAIN_BYTES, HASH_BYTES, Header

_hashes = st.binary(min_size=HASH_BYTES, max_size=HASH_BYTES)
_names = st.from_regex(r"[a-z][a-z0-9/._-]{0,63}", fullmatch=True)
headers = st.builds(
    Header,
    chain=st.binary(min_size=CHAIN_BYTES, max_size=CHAIN_BYTES),
    seq=st.integers(0, canonical.MAX_INTEGER),
    prev=_hashes,
    kind=st.from_regex(r"[a-z][a-z0-9-]{0,31}", fullmatch=True),
    parts=st.dictionaries(_names, _hashes, max_size=4),
    ack=st.none() | _hashes,
    cfg=st.none() | _hashes,
    v=st.sampled_from([1, 1, 1, 2]),
)


def _as_json(raw: bytes) -> Header | None:
    try:
        return record._read_header(canonical.decode_object(raw))
    except Malformed:
        return None


@given(headers)
def test_a_header_says_the_same_however_it_is_read(header: Header) -> None:
    raw = header.encode()

    usual = record._usual_header(raw)

    assert usual == (header if len(header.parts) <= 2 and header.v == 1 and header.seq < 10**15 else None)
    assert _as_json(raw) == header


@given(headers, st.data())
def test_a_header_that_was_tampered_with_is_never_read_otherwise_than_as_json(header: Header, data: Any) -> None:
    raw = header.encode()
    at = data.draw(st.integers(0, len(raw)))
    end = data.draw(st.integers(at, min(len(raw), at + 3)))
    put = data.draw(st.sampled_from([b"", b" ", b"A", b"B", b"0", b"9", b"-", b"/", b'"', b",", b"{}", b"\n", b"\xe5"]))
    tampered = raw[:at] + put + raw[end:]

    usual = record._usual_header(tampered)

    assert usual is None or usual == _as_json(tampered)


@given(st.text("ABw-_+/= \n!é", max_size=12))
def test_only_one_spelling_of_bytes_is_read(text: str) -> None:
    try:
        read = canonical.from_text(text)
    except Malformed:
        return

    assert canonical.to_text(read) == text
