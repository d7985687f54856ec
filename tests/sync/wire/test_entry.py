"""A certificate with a name that is none can neither be written nor read; a successor's is the next free letter."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.wire import canonical, checkpoint
from sync.wire.entry import (
    Closing,
    Enrolment,
    encode_record,
    named_record,
    next_register,
    read_closing,
    read_enrolment,
)
from sync.wire.errors import BadSignature, Malformed
from sync.wire.signature import Signer

KEY = Signer(bytes(range(32)))
NOT_NAMES = ["", "../../x", "å /../", "R0417\n", "\n", "-R1", "R 1", "R_1", "R.1", "R0417\0", "Å", "\u0661", "R" * 301]


def _named(clinic: str = "ekbacken", register: str = "R0417", till: str = "H") -> Enrolment:
    return Enrolment(1_763_881_200_000, bytes(16), clinic, register, till, KEY.public_key)


@given(st.integers(0, 10**15 - 1), st.binary(min_size=32, max_size=32))
def test_the_entry_of_a_record_is_the_canonical_one_and_names_it(at_ms: int, digest: bytes) -> None:
    leaf = encode_record(at_ms, digest)

    assert leaf == canonical.encode({"at": at_ms, "h": canonical.to_text(digest), "k": "rec"})
    assert named_record(leaf) == digest


@pytest.mark.parametrize(
    "other",
    [
        b"",
        b"{}",
        b'{"at":7,"h":"%s","k":"cfg"}' % (b"A" * 43),
        b'{"at":7,"h":"%s","k":"rec"}\n' % (b"A" * 43),
        b' {"at":7,"h":"%s","k":"rec"}' % (b"A" * 43),
        b'{"at":07,"h":"%s","k":"rec"}' % (b"A" * 43),
        b'{"at":-7,"h":"%s","k":"rec"}' % (b"A" * 43),
        b'{"at":7.0,"h":"%s","k":"rec"}' % (b"A" * 43),
        b'{"at":7,"h":"%s","k":"rec"}' % (b"A" * 42),
        b'{"at":7,"h":"%s","k":"rec"}' % (b"A" * 42 + b"B"),
        b'{"h":"%s","at":7,"k":"rec"}' % (b"A" * 43),
        b'{"at":7,"at":7,"h":"%s","k":"rec"}' % (b"A" * 43),
    ],
)
def test_there_is_one_spelling_of_a_records_entry(other: bytes) -> None:
    with pytest.raises(Malformed):
        named_record(other)


@pytest.mark.parametrize("field", ["clinic", "register", "till"])
@pytest.mark.parametrize("name", NOT_NAMES)
def test_what_is_no_name_is_not_written(field: str, name: str) -> None:
    with pytest.raises(Malformed):
        _named(**{field: name}).encode()


@pytest.mark.parametrize("field", ["clinic", "reg", "till"])
@pytest.mark.parametrize("name", [*NOT_NAMES, None, 7, ["H"]])
def test_what_is_no_name_is_not_read(field: str, name: object) -> None:
    value = canonical.decode_object(_named().encode()) | {field: name}

    with pytest.raises(Malformed):
        read_enrolment(canonical.encode(value))


@pytest.mark.parametrize(
    "wrong",
    [
        {"clinic": "Ekbacken"},
        {"clinic": "e" * 33},
        {"register": "r0417"},
        {"register": "R" * 17},
        {"till": "X"},
        {"till": "HE"},
    ],
)
def test_names_have_a_case_and_a_length(wrong: dict[str, str]) -> None:
    with pytest.raises(Malformed):
        _named(**wrong).encode()


@pytest.mark.parametrize(
    "right", [{"clinic": "e" * 32}, {"clinic": "7-ek"}, {"register": "R" * 16}, {"register": "0-A"}]
)
def test_the_longest_names_read_back(right: dict[str, str]) -> None:
    born = _named(**right)

    assert read_enrolment(born.encode()) == born


@pytest.mark.parametrize(
    ("name", "taken", "following"),
    [
        ("R0417", "", "R0417B"),
        ("R0417B", "R0417 R0417B", "R0417C"),
        ("R0417", "R0417 R0417B R0417C", "R0417D"),
        ("R0417D", "", "R0417F"),  # E is a till
        ("R0417G", "", "R0417J"),  # H is a till, I is read as 1
        ("R0417Z", "", "R0417BB"),
        ("R0417BZ", "", "R0417CB"),
        ("KASSA", "", "KASSA-B"),
        ("KASSA-B", "", "KASSA-C"),
        ("R0417A", "", "R0417A-B"),
        ("R-", "", "R-B"),
    ],
)
def test_a_successors_name_is_the_next_letter_that_is_free(name: str, taken: str, following: str) -> None:
    assert next_register(name, taken.split()) == following


@pytest.mark.parametrize("name", ["R" + "0" * 15, "R" * 15, "R0417ZZ", "r1", ""])
def test_a_name_without_room_for_a_letter_has_no_successor(name: str) -> None:
    with pytest.raises(Malformed):
        next_register(name, [])


def test_names_of_successors_never_repeat() -> None:
    names = ["R0417"]

    while len(names) < 400:
        names.append(next_register(names[-1], names))

    assert len(set(names)) == 400


@pytest.mark.parametrize("why", ["lost", "fork", "gap"])
def test_the_end_of_a_chain_reads_back(why: str) -> None:
    ended = Closing(1_763_881_200_000, bytes(range(16)), 498, bytes(32), why)

    assert read_closing(ended.encode()) == ended


def test_a_certificate_is_no_end_and_an_end_no_certificate() -> None:
    ended = Closing(1_763_881_200_000, bytes(16), 0, bytes(32), "lost")

    with pytest.raises(Malformed):
        read_closing(_named().encode())
    with pytest.raises(Malformed):
        read_enrolment(ended.encode())


def test_a_checkpoint_has_one_spelling() -> None:
    """Base64 of 68 bytes ends in one padding sign, and two bits that a lax reader does not look at."""
    note = checkpoint.sign("kassa.test/ledger/1", 0, bytes(32), KEY).note
    at = len(note) - 3
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    place = letters.index(note[at])
    others = [f"{note[:at]}{letters[place ^ bits]}=\n" for bits in (1, 2, 3)]

    assert note.endswith("=\n")
    assert checkpoint.read(note, "kassa.test/ledger/1", KEY.public_key).note == note
    for other in others:
        with pytest.raises((Malformed, BadSignature)):
            checkpoint.read(other, "kassa.test/ledger/1", KEY.public_key)
