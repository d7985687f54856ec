"""What a journal tells of its past when it is read again from the disk is what it was opened with."""

from pathlib import Path

from kassaapp import clinic, enrolment
from kassaapp.domain.events import Event, SignedIn, SignedOut
from kassaapp.journal.journal import Journal
from kassaapp.journal.signing_key import custody
from tests.desks import MONDAY_MORNING, an_enrolled_folder


def opened(folder: Path, *, remember: bool) -> tuple[Journal, list[object]]:
    known = clinic.read(folder / "clinic.toml")
    journal, past = Journal.open(
        enrolment.journal_path(folder, "H"),
        custody(known.custody, folder / "H"),
        known.root_key,
        second_medium=lambda name: enrolment.second_medium_path(folder, known, "H", name),
        remember=remember,
    )
    return journal, list(past)


def test_the_past_is_read_again_whole_and_in_order(tmp_path: Path) -> None:
    folder = an_enrolled_folder(tmp_path / "kassa")
    journal, _ = opened(folder, remember=True)
    with journal:
        journal.configurations.use(0)
        for _ in range(600):
            both: list[Event] = [SignedIn(MONDAY_MORNING, "anber"), SignedOut(MONDAY_MORNING, "anber")]
            journal.append_all(both)

    remembering, before = opened(folder, remember=True)
    with remembering:
        read_again = [written for _, written in remembering.past()]
        chains = {chain.chain for chain, _ in remembering.past()}

    assert read_again == before
    assert len(before) == 1201
    assert chains == {remembering.enrolment.chain}


def test_a_journal_that_need_not_remember_holds_no_event(tmp_path: Path) -> None:
    folder = an_enrolled_folder(tmp_path / "kassa")

    journal, past = opened(folder, remember=False)

    with journal:
        assert past == []
        assert journal.count() == len(list(journal.past())) == 1
