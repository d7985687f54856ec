"""A signer in a process of its own: killed at any time, never wrong, and the server never has its key."""

import random
import shutil
import socket
import stat
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from sync.client.status import SyncStatus
from sync.server import keys
from sync.server.__main__ import main as region_main
from sync.server.audit import audit
from sync.server.errors import LedgerBehind
from sync.server.region import Region, open_region
from sync.server.signer import line, messages
from sync.server.signer.__main__ import main
from sync.server.signer.ledger_signer import NOTHING, Head, LedgerSigner, Overtaken
from sync.server.signer.line import NoSigner, SignerLine, ask_last
from sync.server.signer.messages import No, Note
from sync.wire import tree
from tests.sync.builders import Clock, Till, enrol, knock, make_region, publish, refusal, signer
from tests.sync.signers import SignerProcess, moved, short_folder

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no Unix sockets: the server signs in its own process")

ORIGIN = "kassa.demoregionen/ledger/1"


@pytest.fixture
def apart(region: Region, clock: Clock) -> Iterator[tuple[Region, SignerProcess]]:
    """The region with its signer in another process."""
    publish(region)
    with moved(region) as process:
        opened = open_region(region.settings.folder, clock=clock)
        yield opened, process
        opened.close()


# ── Kept apart ───────────────────────────────────────────────────────────────────────────────────


def test_a_region_goes_on_with_its_signer_apart(apart: tuple[Region, SignerProcess], clock: Clock) -> None:
    region, process = apart
    till = enrol(region, clock)
    till.journal.sell(5)

    stand = till.sync()

    assert (stand.unsent, stand.attention) == (0, None)
    assert ask_last(process.of.socket).size == 7
    assert audit(region.settings.folder).findings == []


def test_the_server_does_not_have_the_ledgers_key(apart: tuple[Region, SignerProcess]) -> None:
    region, process = apart

    with pytest.raises(FileNotFoundError):
        keys.signer(region.settings.keys, "ledger")
    seed = (process.of.folder / "ledger.key").read_bytes()
    below = [file for file in region.settings.folder.rglob("*") if file.is_file()]
    assert [file.name for file in below if seed.strip() in file.read_bytes()] == []
    assert not region.settings.signed_head.exists()


def test_what_the_signer_needs_is_readable_by_its_owner_only(apart: tuple[Region, SignerProcess]) -> None:
    _, process = apart

    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in process.of.folder.iterdir()}

    assert stat.S_IMODE(process.of.folder.stat().st_mode) == 0o700
    assert {modes[name] for name in ("ledger.key", "signer.toml")} == {0o600}
    assert stat.S_IMODE(process.of.socket.stat().st_mode) == 0o660


# ── Killed ───────────────────────────────────────────────────────────────────────────────────────


def test_while_the_signer_is_gone_registers_come_back_later(apart: tuple[Region, SignerProcess], clock: Clock) -> None:
    region, process = apart
    till = enrol(region, clock)
    process.kill()
    till.journal.sell(3)

    gone = till.sync()
    answer = knock(region).get("/v1/ledger/checkpoint")
    process.start()
    back = till.sync()

    assert (gone.unsent, gone.reachable) == (3, False)
    assert refusal(answer) == (503, "signer", -1)
    assert "retry-after" in answer.headers
    assert (back.unsent, back.attention) == (0, None)


def test_a_server_does_not_start_without_its_signer(
    apart: tuple[Region, SignerProcess], capsys: pytest.CaptureFixture[str]
) -> None:
    region, process = apart
    process.kill()

    assert region_main(["serve", str(region.settings.folder)]) == 2

    assert "NoSigner: the signer cannot be reached" in capsys.readouterr().err


def test_a_signer_that_is_killed_again_and_again_loses_nothing(
    apart: tuple[Region, SignerProcess], clock: Clock
) -> None:
    region, process = apart
    tills = [enrol(region, clock) for _ in range(3)]
    sold, chance = threading.Event(), random.Random(7)

    with ThreadPoolExecutor(len(tills)) as pool:
        selling = [pool.submit(_sell_until, till, sold) for till in tills]
        for _ in range(8):
            time.sleep(chance.uniform(0.02, 0.2))
            process.kill()
            process.start()
        sold.set()
        refused = sum(one.result(timeout=60) for one in selling)
    stands = [_all_sent(till) for till in tills]

    report = audit(region.settings.folder)
    assert [(stand.unsent, stand.attention) for stand in stands] == [(0, None)] * len(tills)
    assert report.findings == []
    assert report.counted["records"] == sum(len(till.journal.records) for till in tills)
    assert refused > 0


def test_a_database_restored_from_a_backup_is_found_out_by_a_signer_apart(tmp_path: Path, clock: Clock) -> None:
    made = make_region(tmp_path / "region", clock)
    made.close()
    with moved(made):
        region = open_region(tmp_path / "region", clock=clock)
        till = enrol(region, clock)
        shutil.copy(tmp_path / "region" / "region.db", tmp_path / "backup.db")
        till.journal.sell(1)
        till.sync()
        region.close()
        shutil.copy(tmp_path / "backup.db", tmp_path / "region" / "region.db")
        restored = open_region(tmp_path / "region", clock=clock)

        with pytest.raises(LedgerBehind):
            restored.ledger.check()
        restored.close()


def _sell_until(till: Till, enough: threading.Event) -> int:
    """Sell and push; returns how often the region was not reached."""
    refused = 0
    while not enough.is_set():
        till.journal.sell(1)
        refused += not till.sync().reachable
    return refused


def _all_sent(till: Till) -> SyncStatus:
    """Several rounds, since a register sends less at once after it was refused."""
    for _ in range(10):
        stand = till.sync()
        if not stand.unsent:
            break
    return stand


# ── What it is asked ─────────────────────────────────────────────────────────────────────────────


class Leaves:
    """A tree of numbered leaves."""

    def __init__(self, size: int) -> None:
        self._nodes: dict[tree.Place, bytes] = {}
        leaves = [tree.leaf_hash(bytes([index])) for index in range(size)]
        self._nodes = tree.append(0, leaves, self._nodes.__getitem__)

    def head(self, size: int) -> Head:
        return Head(size, tree.root(size, self._nodes.__getitem__))

    def consistency(self, old: int, size: int) -> list[bytes]:
        return tree.consistency(old, size, self._nodes.__getitem__)


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[SignerProcess]:
    """A signer that has signed nothing, running."""
    made = make_region(tmp_path / "region", Clock())
    made.close()
    with moved(made) as process:
        yield process


def _line(process: SignerProcess) -> SignerLine:
    return SignerLine(process.of.socket, ORIGIN, keys.signer(process.of.folder, "ledger").public_key)


def test_it_signs_and_refuses_as_the_signer_inside_does(alone: SignerProcess) -> None:
    grown, asked = Leaves(9), _line(alone)

    signed = asked.sign(NOTHING, grown.head(4), [])
    with pytest.raises(Overtaken):
        asked.sign(NOTHING, grown.head(9), [])
    with pytest.raises(LedgerBehind):
        asked.sign(grown.head(4), grown.head(3), [])
    with pytest.raises(LedgerBehind):
        asked.sign(grown.head(4), Head(9, bytes(32)), grown.consistency(4, 9))
    again = asked.sign(grown.head(4), grown.head(9), grown.consistency(4, 9))

    assert (signed.size, again.size) == (4, 9)
    assert asked.last() == grown.head(9)


def test_it_remembers_through_a_kill(alone: SignerProcess) -> None:
    head = Leaves(4).head(4)
    _line(alone).sign(NOTHING, head, [])

    alone.kill()
    alone.start()

    assert _line(alone).last() == head


@pytest.mark.parametrize("raw", [b"", b"\0", b"GET / HTTP/1.1\r\n\r\n", b'{"k":"last"}\n', b"x" * 100_000])
def test_nonsense_is_refused_and_the_next_one_is_answered(raw: bytes, alone: SignerProcess) -> None:
    answer = _send(alone, raw)

    assert answer in (No("malformed").encode(), b"")  # Nothing is read of an answer when too much was sent.
    assert _line(alone).last() == NOTHING


def test_one_that_says_nothing_does_not_stop_the_others(alone: SignerProcess) -> None:
    silent = [_connected(alone) for _ in range(3)]
    silent[0].sendall(b'{"k":')

    assert _line(alone).last() == NOTHING

    for connection in silent:
        connection.close()


def test_two_signers_do_not_answer_at_one_socket(alone: SignerProcess, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["serve", str(alone.of.folder)]) == 2

    assert "answers at" in capsys.readouterr().err
    assert _line(alone).last() == NOTHING


def test_a_signer_that_forgot_what_it_signed_does_not_start(
    alone: SignerProcess, capsys: pytest.CaptureFixture[str]
) -> None:
    alone.kill()
    (alone.of.folder / "signed-head.json").unlink()

    assert main(["serve", str(alone.of.folder)]) == 2

    assert "signed-head.json" in capsys.readouterr().err


def test_a_signer_whose_memory_cannot_be_read_does_not_start(
    alone: SignerProcess, capsys: pytest.CaptureFixture[str]
) -> None:
    alone.kill()
    (alone.of.folder / "signed-head.json").write_text('{"size":')

    assert main(["serve", str(alone.of.folder)]) == 2

    assert capsys.readouterr().err.count("\n") == 1


def _connected(process: SignerProcess) -> socket.socket:
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.settimeout(10)
    connection.connect(str(process.of.socket))
    return connection


def _send(process: SignerProcess, raw: bytes) -> bytes:
    with _connected(process) as connection:
        try:
            connection.sendall(raw)
            connection.shutdown(socket.SHUT_WR)
            return connection.recv(4096)
        except OSError:
            return b""


# ── What the server believes ─────────────────────────────────────────────────────────────────────


HEAD = Leaves(4).head(4)
KEY = signer()


@contextmanager
def _liar(answer: bytes) -> Iterator[SignerLine]:
    """A line to a signer that says `answer` whatever it is asked."""

    def answers() -> None:
        connection, _ = listener.accept()
        with connection:
            line.receive(connection, time.monotonic() + 10)
            connection.sendall(answer)

    with short_folder() as folder, socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(folder / "socket"))
        listener.listen()
        thread = threading.Thread(target=answers)
        thread.start()
        yield SignerLine(folder / "socket", ORIGIN, KEY.public_key)
        thread.join(timeout=10)


def _note(folder: Path, origin: str = ORIGIN, head: Head = HEAD, by: object = KEY) -> bytes:
    inside = LedgerSigner(folder / "head.json", origin, by)  # type: ignore[arg-type]
    inside.begin()
    return Note(inside.sign(NOTHING, head, []).note).encode()


def test_a_note_by_another_key_for_another_ledger_or_of_another_head_is_not_believed(tmp_path: Path) -> None:
    lies = {
        "key": {"by": signer()},
        "ledger": {"origin": "kassa.other/ledger/1"},
        "head": {"head": Leaves(5).head(5)},
    }

    for name, lie in lies.items():
        (tmp_path / name).mkdir()
        with _liar(_note(tmp_path / name, **lie)) as asked, pytest.raises(NoSigner):  # type: ignore[arg-type]
            asked.sign(NOTHING, HEAD, [])


def test_an_honest_note_is_believed(tmp_path: Path) -> None:
    with _liar(_note(tmp_path)) as asked:
        assert asked.sign(NOTHING, HEAD, []).size == HEAD.size


@pytest.mark.parametrize("answer", [b"", b"{}", messages.encode_head(HEAD), No("malformed").encode(), b"x" * 20_000])
def test_another_answer_than_was_asked_for_is_none(answer: bytes) -> None:
    with _liar(answer) as asked, pytest.raises(NoSigner):
        asked.sign(NOTHING, HEAD, [])


def test_a_signer_that_does_not_answer_in_time_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line, "PATIENCE_S", 0.2)

    with short_folder() as folder, socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(folder / "socket"))
        listener.listen()
        with pytest.raises(NoSigner, match="cannot be reached"):
            ask_last(folder / "socket")
