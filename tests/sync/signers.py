"""Signers as processes of their own, for tests: in a short folder, since the name of a Unix socket must be short."""

import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sync.server.region import Region
from sync.server.signer.move import SignerFolder, move

START_S = 20.0


class SignerProcess:
    """`python -m sync.server.signer serve`, to be killed and started again."""

    def __init__(self, of: SignerFolder) -> None:
        self.of = of
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Start it, and return when it answers."""
        command = [sys.executable, "-m", "sync.server.signer", "serve", str(self.of.folder)]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        assert self._process.stdout is not None
        said = self._process.stdout.readline()
        assert said == f"signer: {self.of.socket}\n", f"the signer did not start: {said}"

    def kill(self) -> None:
        """Kill it on the spot."""
        if self._process is None:
            return
        assert self._process.stdout is not None
        self._process.send_signal(signal.SIGKILL)
        self._process.wait(timeout=START_S)
        self._process.stdout.close()
        self._process = None


@contextmanager
def short_folder() -> Iterator[Path]:
    """A folder with a short name, removed afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="kassa-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


@contextmanager
def moved(region: Region) -> Iterator[SignerProcess]:
    """The region's signer in a process of its own, which is running. Open the region anew to use it."""
    with short_folder() as folder:
        process = SignerProcess(move(region.settings.folder, folder / "signer", folder / "socket"))
        process.start()
        try:
            yield process
        finally:
            process.kill()
