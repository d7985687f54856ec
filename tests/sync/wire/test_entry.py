"""A certificate with a name that is none can neither be written nor read."""

import pytest

from sync.wire import canonical, checkpoint
from sync.wire.entry import Enrolment, read_enrolment
from sync.wire.errors import BadSignature, Malformed
from sync.wire.signature import Signer

KEY = Signer(bytes(range(32)))
NOT_NAMES = ["", "../../x", "å /../", "R0417\n", "\n", "-R1", "R 1", "R_1", "R.1", "R0417\0", "Å", "\u0661", "R" * 301]


def _named(clinic: str = "ekbacken", register: str = "R0417", till: str = "H") -> Enrolment:
    return Enrolment(1_763_881_200_000, bytes(16), clinic, register, till, KEY.public_key)


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
