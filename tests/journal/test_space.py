"""There is room to close the day: warned in time, nothing new in the end, and ballast for the very last."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from kassaapp.app import Desk
from kassaapp.domain.errors import DiskAlmostFull, Refused
from kassaapp.domain.fees import Wish
from kassaapp.domain.session import Count
from kassaapp.domain.visit import Tender
from kassaapp.journal import space
from kassaapp.journal.space import BALLAST_BYTES, Space
from kassaapp.screens.frame import Frame
from kassaapp.screens.status import StatusScreen
from kassaapp.trouble import DiskFailed, DiskFull
from tests.builders import CARD, a_patient
from tests.desks import an_open_till

MB = 1_000_000


class Disk:
    """A disk whose free space is what it is set to, and on which the ballast takes its part."""

    def __init__(self, free: int, folder: Path) -> None:
        self.free_without_ballast = free
        self.ballast = folder / space.BALLAST_NAME

    def __call__(self, folder: Path) -> int:
        assert folder == self.ballast.parent
        return self.free_without_ballast - (self.ballast.stat().st_size if self.ballast.exists() else 0)


def on_disk(folder: Path, free: int, ballast_bytes: int = BALLAST_BYTES) -> tuple[Disk, Space]:
    disk = Disk(free, folder)
    return disk, Space(folder, ballast_bytes=ballast_bytes, free=disk)


# ── The ballast ──────────────────────────────────────────────────────────────────────────────────


def test_the_ballast_takes_its_part_of_the_disk_and_is_not_counted_as_room(tmp_path: Path) -> None:
    disk, watched = on_disk(tmp_path, 500 * MB)

    room = watched.room()

    assert room.free_bytes == 500 * MB - BALLAST_BYTES
    assert disk.ballast.stat().st_size == BALLAST_BYTES
    assert disk.ballast.stat().st_blocks * 512 >= BALLAST_BYTES


def test_letting_it_go_gives_room_to_whoever_writes_next_and_none_to_a_new_sale(tmp_path: Path) -> None:
    disk, watched = on_disk(tmp_path, 500 * MB)
    watched.room()
    disk.free_without_ballast = BALLAST_BYTES + 3 * MB
    assert watched.is_spent()

    assert watched.let_go()

    assert not watched.is_spent()
    assert watched.room().free_bytes == 3 * MB
    assert not disk.ballast.exists()
    assert not watched.let_go()


def test_it_is_put_back_when_there_is_room_for_it_again(tmp_path: Path) -> None:
    disk, watched = on_disk(tmp_path, 100 * MB + BALLAST_BYTES - 1)
    watched.room()
    assert not disk.ballast.exists()

    disk.free_without_ballast += 1
    watched.room()

    assert disk.ballast.stat().st_size == BALLAST_BYTES


def test_a_ballast_that_was_cut_short_is_made_whole(tmp_path: Path) -> None:
    disk, watched = on_disk(tmp_path, 500 * MB)
    disk.ballast.write_bytes(b"part")

    watched.room()

    assert disk.ballast.stat().st_size == BALLAST_BYTES


def test_a_demo_has_none(tmp_path: Path) -> None:
    disk, watched = on_disk(tmp_path, 500 * MB, ballast_bytes=0)

    assert watched.room().free_bytes == 500 * MB
    assert not disk.ballast.exists()
    assert not watched.let_go()


def test_where_the_disk_cannot_be_asked_to_reserve_the_ballast_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(os, "posix_fallocate", raising=False)
    disk, watched = on_disk(tmp_path, 500 * MB, ballast_bytes=2_500_000)

    watched.room()

    assert disk.ballast.stat().st_size == 2_500_000
    assert disk.ballast.stat().st_blocks * 512 >= 2_500_000


def test_a_disk_that_will_not_give_it_is_left_without_a_piece_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(file: int, start: int, size: int) -> None:
        os.write(file, b"part")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "posix_fallocate", full, raising=False)
    disk, watched = on_disk(tmp_path, 500 * MB)

    assert watched.room().free_bytes == 500 * MB - BALLAST_BYTES
    assert not disk.ballast.exists()


def test_a_disk_that_does_not_answer_is_a_disk_that_failed(tmp_path: Path) -> None:
    watched = Space(tmp_path / "gone", ballast_bytes=0)

    with pytest.raises(DiskFailed):
        watched.room()
    with pytest.raises(DiskFailed):
        watched.is_spent()


def test_this_machines_disk_says_how_much_is_left(tmp_path: Path) -> None:
    said = os.statvfs(tmp_path)

    assert abs(Space(tmp_path, ballast_bytes=0).room().free_bytes - said.f_bavail * said.f_frsize) < 100 * MB


# ── At the till ──────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """An open till that has sold one visit, on a disk with room enough."""
    with an_open_till(tmp_path / "till") as desk:
        desk.register("H").sell(a_patient(), [Wish(1)], [CARD])
        yield desk


def watched_by(desk: Desk, free: int, ballast_bytes: int = BALLAST_BYTES) -> Disk:
    """From now on the till's disk has so much free."""
    disk, watched = on_disk(desk.folder, free, ballast_bytes)
    desk.register("H")._space = watched
    return disk


def test_the_last_hundred_megabytes_are_for_closing_the_day(desk: Desk) -> None:
    watched_by(desk, 99 * MB, ballast_bytes=0)
    register, before = desk.register("H"), desk.records("H")

    for new in (
        lambda: register.sell(a_patient(), [Wish(1)], [CARD]),
        lambda: register.begin_payment(a_patient(), [Wish(1)], Tender.CARD),
        lambda: register.park(a_patient(), [Wish(1)]),
        lambda: register.deposit(a_patient(), 10_000, [CARD]),
        register.begin_training,
    ):
        with pytest.raises(DiskAlmostFull):
            new()
    assert desk.records("H") == before

    register.correct_tender(1, Tender.SWISH, "fel betalsätt")
    register.void(register.state.next_receipt - 1, "fel besök")
    desk.sign_out()
    desk.sign_in("anber", "123456")
    register.count({"cash": 100_000})
    register.close_session(Count(100_000), "123456")

    assert register.state.session is None


def test_a_payment_that_was_begun_is_registered_though_the_disk_has_become_full(desk: Desk) -> None:
    register = desk.register("H")
    register.begin_payment(a_patient(), [Wish(1)], Tender.CARD)
    watched_by(desk, 0)

    register.settle_payment()

    assert register.state.open_payment is None
    assert register.state.next_receipt == 3


def test_on_a_full_disk_the_day_is_closed_with_the_ballasts_room(desk: Desk) -> None:
    """As full as a disk can be: SQLite may not take a page more until the ballast is gone."""
    disk = watched_by(desk, 200 * MB + BALLAST_BYTES)
    desk.register("H").disk_room  # noqa: B018 - the window asks, and the ballast is there
    disk.free_without_ballast = 20 * MB + BALLAST_BYTES
    full_until_let_go(desk, disk)

    for _ in range(60):
        desk.register("H").count({"cash": 100_000})
    desk.register("H").close_session(Count(100_000), "123456")

    assert not disk.ballast.exists()
    assert desk.register("H").state.session is None


def test_on_a_full_disk_a_sale_does_not_take_the_ballast(desk: Desk) -> None:
    disk = watched_by(desk, 200 * MB + BALLAST_BYTES)
    desk.register("H").disk_room  # noqa: B018 - the window asks, and the ballast is there
    full_until_let_go(desk, disk)

    with pytest.raises(DiskFull):
        sell_until_told(desk)

    assert disk.ballast.exists()


def test_the_ballast_goes_before_the_disk_says_no(desk: Desk) -> None:
    disk = watched_by(desk, 200 * MB + BALLAST_BYTES)
    desk.register("H").disk_room  # noqa: B018 - the window asks, and the ballast is there
    disk.free_without_ballast = BALLAST_BYTES + 7 * MB

    desk.sign_out()

    assert not disk.ballast.exists()


def sell_until_told(desk: Desk) -> None:
    for _ in range(200):
        desk.register("H").sell(a_patient(), [Wish(1)], [CARD])


def full_until_let_go(desk: Desk, disk: Disk) -> None:
    """The journal's file may not grow while the ballast is there, as if it filled the disk together with the rest."""
    journal = desk.register("H")._journal
    append_all = journal.append_all

    def append(events: list[object]) -> object:
        pages = 1 if disk.ballast.exists() else 1_000_000
        journal._file._connection.execute(f"PRAGMA max_page_count={pages}")
        return append_all(events)  # type: ignore[type-var]

    journal.append_all = append  # type: ignore[method-assign, assignment]


# ── What is shown ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("free", "row", "strips"),
    [
        (48_500 * MB, "48 GB kvar på datorns disk.", []),
        (400 * MB, "400 MB är kvar på datorns disk.", ["warn"]),
        (60 * MB, "Datorns disk är nästan full, 60 MB är kvar", ["error"]),
    ],
)
def test_the_window_warns_in_time_and_the_status_says_how_much_is_left(
    desk: Desk, free: int, row: str, strips: list[str]
) -> None:
    watched_by(desk, free, ballast_bytes=0)
    register = desk.register("H")
    frame = Frame(register, lambda: desk.sync_status("H"), in_sale=bool, lock=desk.lock, sign_out=desk.sign_out)

    rows = dict(StatusScreen(register, lambda: desk.sync_status("H")).view.rows)

    assert rows["Diskutrymme"].startswith(row)
    assert [strip.tone.value for strip in frame.view.strips if "datorns disk" in strip.text.lower()] == strips


def test_a_refusal_says_what_still_works_and_whom_to_call(desk: Desk) -> None:
    from kassaapp import wording

    watched_by(desk, 60 * MB, ballast_bytes=0)

    with pytest.raises(Refused) as no:
        desk.register("H").sell(a_patient(), [Wish(1)], [CARD])

    said = wording.explain(no.value, support="010-123 45 67")
    assert "60 MB" in said
    assert "stänga går som vanligt" in said
    assert said.endswith("ring 010-123 45 67.")
