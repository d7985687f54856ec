"""The signer never contradicts itself, whatever becomes of the database."""

import os
import shutil
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path

import pytest

from sync.client.round import Round
from sync.server import settings
from sync.server.__main__ import main
from sync.server.app import make_app
from sync.server.errors import LedgerBehind
from sync.server.region import Region, open_region
from sync.server.signer import NOTHING, Head, LedgerSigner, Overtaken
from sync.server.signer import ledger_signer as ledger_signer_module
from sync.wire import tree
from tests.sync.builders import Clock, Till, enrol, make_region, signer, transport_to


@pytest.fixture
def ledger_signer(tmp_path: Path) -> LedgerSigner:
    made = LedgerSigner(tmp_path / "signed-head.json", "kassa.test/ledger/1", signer())
    made.begin()
    return made


class Tree:
    """A tree of numbered leaves, and what it takes to have its heads signed."""

    def __init__(self, size: int, mark: bytes = b"leaf") -> None:
        self._nodes: dict[tree.Place, bytes] = {}
        leaves = [tree.leaf_hash(mark + bytes([index])) for index in range(size)]
        self._nodes = tree.append(0, leaves, self._nodes.__getitem__)

    def head(self, size: int) -> Head:
        return Head(size, tree.root(size, self._nodes.__getitem__))

    def consistency(self, old: int, size: int) -> list[bytes]:
        return tree.consistency(old, size, self._nodes.__getitem__)


def test_a_growing_tree_is_signed_and_remembered(ledger_signer: LedgerSigner) -> None:
    grown = Tree(9)

    ledger_signer.sign(NOTHING, grown.head(4), [])
    ledger_signer.sign(grown.head(4), grown.head(9), grown.consistency(4, 9))

    assert ledger_signer.last() == grown.head(9)


def test_a_smaller_tree_is_not_signed(ledger_signer: LedgerSigner) -> None:
    grown = Tree(9)
    ledger_signer.sign(NOTHING, grown.head(9), [])

    with pytest.raises(LedgerBehind):
        ledger_signer.sign(grown.head(9), grown.head(8), [])


def test_another_tree_of_the_same_size_is_not_signed(ledger_signer: LedgerSigner) -> None:
    ledger_signer.sign(NOTHING, Tree(5).head(5), [])

    with pytest.raises(LedgerBehind):
        ledger_signer.sign(Tree(5).head(5), Tree(5, b"other").head(5), [])


def test_a_tree_with_another_past_is_not_signed(ledger_signer: LedgerSigner) -> None:
    ledger_signer.sign(NOTHING, Tree(5).head(5), [])
    other = Tree(9, b"other")

    with pytest.raises(LedgerBehind):
        ledger_signer.sign(Tree(5).head(5), other.head(9), other.consistency(5, 9))

    assert ledger_signer.last() == Tree(5).head(5)


def test_whoever_comes_second_reads_again(ledger_signer: LedgerSigner) -> None:
    grown = Tree(9)
    ledger_signer.sign(NOTHING, grown.head(9), [])

    with pytest.raises(Overtaken):
        ledger_signer.sign(NOTHING, grown.head(4), [])


@pytest.mark.skipif(sys.platform == "win32", reason="holds the lock as POSIX does")
def test_another_process_that_is_signing_is_waited_for(ledger_signer: LedgerSigner, tmp_path: Path) -> None:
    import fcntl

    head = Tree(3).head(3)
    with ThreadPoolExecutor(1) as pool, (tmp_path / "signed-head.lock").open("a") as other_process:
        fcntl.flock(other_process, fcntl.LOCK_EX)
        signing = pool.submit(ledger_signer.sign, NOTHING, head, [])
        waited = wait([signing], timeout=0.2).not_done
        fcntl.flock(other_process, fcntl.LOCK_UN)
        signed = signing.result(timeout=10)

    assert waited == {signing}
    assert signed.size == 3


@pytest.mark.parametrize("step", ["os.fsync", "os.replace", "sync_folder"])
@pytest.mark.parametrize("done", [False, True], ids=["not done", "done"])
def test_whatever_step_of_remembering_fails_nothing_is_signed_and_the_next_signer_goes_on(
    step: str, done: bool, ledger_signer: LedgerSigner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each step fails in two ways: it was not done, or it was done and says that it failed."""
    grown, key = Tree(9), signer()
    ledger_signer.sign(NOTHING, grown.head(4), [])
    with monkeypatch.context() as broken:
        _break(broken, step, done=done)
        with pytest.raises(OSError, match="broken"):
            ledger_signer.sign(grown.head(4), grown.head(9), grown.consistency(4, 9))

    started_again = LedgerSigner(tmp_path / "signed-head.json", "kassa.test/ledger/1", key)
    last = started_again.last()
    signed = started_again.sign(last, grown.head(9), grown.consistency(last.size, 9))

    assert last in (grown.head(4), grown.head(9))
    assert signed.size == 9


def _break(monkeypatch: pytest.MonkeyPatch, step: str, *, done: bool) -> None:
    acts: dict[str, Callable[..., object]] = {
        "os.fsync": os.fsync,
        "os.replace": os.replace,
        "sync_folder": settings.sync_folder,
    }

    def broken(*arguments: object) -> None:
        if done:
            acts[step](*arguments)
        raise OSError("broken")

    monkeypatch.setattr(f"{ledger_signer_module.__name__}.{step}", broken)


def test_a_signer_does_not_begin_twice(ledger_signer: LedgerSigner) -> None:
    with pytest.raises(FileExistsError):
        ledger_signer.begin()


def test_a_signer_that_forgot_what_it_signed_signs_nothing(region: Region, clock: Clock) -> None:
    till = enrol(region, clock)
    region.settings.signed_head.unlink()

    with pytest.raises(FileNotFoundError):
        region.ledger.check()
    till.journal.sell(1)
    assert not till.sync().reachable


def test_a_database_restored_from_a_backup_is_not_continued(tmp_path: Path, clock: Clock) -> None:
    region = make_region(tmp_path / "region", clock)
    till = enrol(region, clock)
    _sell(till)
    region.close()
    database = tmp_path / "region" / "region.db"
    shutil.copy(database, tmp_path / "backup.db")
    region = open_region(tmp_path / "region", clock=clock)
    _sell(_again(till, region))
    region.close()
    shutil.copy(tmp_path / "backup.db", database)
    restored = open_region(tmp_path / "region", clock=clock)

    with pytest.raises(LedgerBehind):
        restored.ledger.check()
    assert main(["serve", str(tmp_path / "region")]) == 2
    till = _again(till, restored)
    till.journal.sell(1)
    stand = till.sync()

    assert (stand.unsent, stand.reachable) == (1, False)
    restored.close()


def _again(till: Till, region: Region) -> Till:
    """The same register, talking to a server that was started anew."""
    line = transport_to(make_app(region))
    sync = Round(till.journal, till.configurations, till.paper.trust, line, till.journal.key, clock=Clock().aware)
    return Till(till.journal, till.configurations, line, sync, till.paper)


def _sell(till: Till) -> None:
    till.journal.sell(1)
    assert till.sync().unsent == 0
