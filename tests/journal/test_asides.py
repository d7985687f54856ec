"""A second medium that cannot be used is put aside whole, and what only it has is not lost with it."""

from pathlib import Path

import pytest

from kassaapp import demo
from kassaapp.domain.events import SignedIn
from kassaapp.journal.signing_key import MachineCustody
from kassaapp.recovery import Opened, open_till
from sync.wire.demo_keys import demo_keys
from tests.desks import MONDAY_MORNING, a_clock


@pytest.fixture
def till(tmp_path: Path) -> Path:
    """The folder of a closed till with three records on both media."""
    folder = tmp_path / "H"
    demo.enrol(tmp_path, now=a_clock(), tills=("H",))
    with start(folder).journal as journal:
        journal.append(SignedIn(MONDAY_MORNING, "anber"))
        journal.append(SignedIn(MONDAY_MORNING, "erilu"))
    return folder


def start(folder: Path) -> Opened:
    """A start of the till in `folder`, without a region."""
    opened = open_till(
        folder / "journal.db",
        MachineCustody(folder),
        demo_keys().root.public_key,
        second_medium=lambda _: folder / "shadow.kj",
        link=None,
        now=a_clock(),
    )
    opened.journal.configurations.use(0)
    return opened


def flip(path: Path, place: int) -> bytes:
    """Flip a bit of a file; what it holds then."""
    raw = bytearray(path.read_bytes())
    raw[place] ^= 1
    path.write_bytes(raw)
    return bytes(raw)


def test_what_was_put_aside_is_never_written_over(till: Path) -> None:
    first = flip(till / "shadow.kj", 100)
    start(till).journal.close()
    second = flip(till / "shadow.kj", 200)

    start(till).journal.close()

    assert {first, second} <= {path.read_bytes() for path in till.glob("*.aside")}


@pytest.mark.parametrize("place", [0, 14, 15, 30])
def test_a_second_medium_that_is_damaged_in_its_first_line_still_gives_what_only_it_has(till: Path, place: int) -> None:
    before = (till / "journal.db").read_bytes()
    with start(till).journal as journal:
        written = journal.append(SignedIn(MONDAY_MORNING, "revis"))
    (till / "journal.db").write_bytes(before)
    flip(till / "shadow.kj", place)

    opened = start(till)

    opened.journal.close()
    assert [one.hash for one in opened.past][-1] == written.hash
    assert opened.restored == 1
