"""What goes over the signer's socket is exactly what is written down, or it is refused."""

import pytest

from sync.server.signer import messages
from sync.server.signer.ledger_signer import Head
from sync.server.signer.messages import Last, No, Note, Sign
from sync.wire.canonical import encode, to_text
from sync.wire.errors import Malformed

ROOT = bytes(range(32))
TEXT = to_text(ROOT)
HEAD = {"root": TEXT, "size": 3}
SIGN = {"after": HEAD, "cons": [TEXT], "head": HEAD, "k": "sign"}


@pytest.mark.parametrize("request_", [Last(), Sign(Head(3, ROOT), Head(9, ROOT), (ROOT, ROOT))])
def test_a_request_reads_back_as_it_was_written(request_: Last | Sign) -> None:
    assert messages.read_request(request_.encode()) == request_


@pytest.mark.parametrize("answer", [Note("text\n"), No("overtaken"), No("ledger-behind"), No("malformed")])
def test_an_answer_reads_back_as_it_was_written(answer: Note | No) -> None:
    assert messages.read_answer(answer.encode()) == answer


def test_a_head_reads_back_as_it_was_written() -> None:
    assert messages.read_answer(messages.encode_head(Head(3, ROOT))) == Head(3, ROOT)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{}",
        b"[]",
        b'{"k":"last"} ',
        b'{"k":"last","k":"last"}',
        b'{"k":"last"}{"k":"last"}',
        encode({"k": "last", "more": 1}),
        encode({"k": "sign"}),
        encode({"k": "other"}),
        encode({**SIGN, "more": 1}),
        encode({**SIGN, "cons": TEXT}),
        encode({**SIGN, "cons": [3]}),
        encode({**SIGN, "cons": [TEXT[:-1]]}),
        encode({**SIGN, "cons": [TEXT] * 129}),
        encode({**SIGN, "cons": None}),
        encode({**SIGN, "head": {"root": TEXT, "size": -1}}),
        encode({**SIGN, "head": {"root": TEXT, "size": True}}),
        encode({**SIGN, "head": {"root": TEXT, "size": "3"}}),
        encode({**SIGN, "head": {"root": to_text(ROOT[1:]), "size": 3}}),
        encode({**SIGN, "head": {"root": TEXT, "size": 3, "more": 1}}),
        encode({**SIGN, "head": [TEXT, 3]}),
        encode({"k": "last", "more": "x" * messages.MAX_BYTES}),
        Note("text").encode(),
    ],
)
def test_anything_else_is_no_request(raw: bytes) -> None:
    with pytest.raises(Malformed):
        messages.read_request(raw)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        Last().encode(),
        encode({"k": "no", "why": "other"}),
        encode({"k": "no", "why": "overtaken", "more": 1}),
        encode({"k": "note", "note": 3}),
        encode({"k": "note", "note": "x" * 8193}),
        encode({"k": "head", "root": TEXT}),
        encode({"k": "head", "root": TEXT, "size": True}),
    ],
)
def test_anything_else_is_no_answer(raw: bytes) -> None:
    with pytest.raises(Malformed):
        messages.read_answer(raw)


def test_the_longest_request_and_answer_fit() -> None:
    head = Head(2**53 - 1, ROOT)

    assert len(Sign(head, head, (ROOT,) * 128).encode()) <= messages.MAX_BYTES
    assert messages.read_answer(Note("x\n" * 4096).encode()) == Note("x\n" * 4096)
