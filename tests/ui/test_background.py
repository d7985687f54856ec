"""Work beside the window: answers and failures come back on the UI thread, and news of the sync thread too."""

import threading
from collections.abc import Iterator
from functools import partial

import pytest
from pytestqt.qtbot import QtBot

from kassaapp.ui.background import Background
from kassaapp.ui.sync_news import SyncNews
from sync.client.status import SyncStatus


@pytest.fixture
def background(qtbot: QtBot) -> Iterator[Background]:
    beside = Background()
    yield beside
    beside.close()


def test_the_answer_comes_back_on_the_ui_thread(background: Background, qtbot: QtBot) -> None:
    came: list[tuple[str, str]] = []

    background.run(
        lambda: threading.current_thread().name,
        lambda worker: came.append((worker, threading.current_thread().name)),
        lambda error: pytest.fail(repr(error)),
    )

    qtbot.waitUntil(lambda: bool(came))
    ((worker, ui),) = came
    assert worker.startswith("background")
    assert ui == threading.current_thread().name


def test_a_failure_is_always_delivered(background: Background, qtbot: QtBot) -> None:
    came: list[Exception] = []

    background.run(lambda: 1 // 0, lambda _: pytest.fail("no answer"), came.append)

    qtbot.waitUntil(lambda: bool(came))
    assert isinstance(came[0], ZeroDivisionError)


def test_work_is_done_in_order_and_finished_when_it_is_closed(qtbot: QtBot) -> None:
    beside, came = Background(), list[int]()

    for number in range(5):
        beside.run(partial(int, number), came.append, lambda error: pytest.fail(repr(error)))
    beside.close()

    qtbot.waitUntil(lambda: len(came) == 5)
    assert came == [0, 1, 2, 3, 4]


def test_news_of_another_thread_arrives_on_the_ui_thread(qtbot: QtBot) -> None:
    news = SyncNews()
    came: list[tuple[str, int, str]] = []
    status = SyncStatus(3, reachable=True, proved_seq=1, attention=None, last_contact=None)
    news.changed.connect(lambda letter, told: came.append((letter, told.unsent, threading.current_thread().name)))

    teller = threading.Thread(target=news.tell, args=("H", status), name="sync-H")
    teller.start()
    teller.join()

    qtbot.waitUntil(lambda: bool(came))
    assert came == [("H", 3, threading.current_thread().name)]
