"""A region for tests: the real server answering on the loopback, that can be unplugged and plugged in again."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn

from sync.server import configuration, enrolment
from sync.server.app import make_app
from sync.server.region import Region
from sync.wire.canonical import to_text
from sync.wire.demo_keys import demo_keys
from tests.sync.builders import Clock, make_region

DEMO = Path(__file__).parents[1] / "resources" / "demo" / "demo.toml"


class PluggedRegion:
    """The region of the demo clinic behind a cable."""

    def __init__(self, folder: Path, database: str | None = None) -> None:
        self.region: Region = make_region(folder, Clock(), database)
        self.publish(DEMO.read_text(encoding="utf-8"))
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            self.port = int(listener.getsockname()[1])

    def publish(self, text: str) -> None:
        """Publish a document as the next configuration."""
        configuration.publish(self.region, text, demo_keys().config)

    def clinic_file(self, folder: Path) -> Path:
        """A clinic file for one new register of the demo clinic."""
        code = enrolment.order(self.region, "ekbacken", "R0417", ["H"])
        path = folder / "ekbacken.toml"
        path.write_text(
            f'server = "http://127.0.0.1:{self.port}"\n'
            f'root_key = "{to_text(demo_keys().root.public_key)}"\n'
            f'code = "{code}"\ntills = ["H"]\ncustody = "machine"\ndemo = true\n',
            encoding="utf-8",
        )
        return path

    @contextmanager
    def plugged_in(self) -> Iterator[None]:
        """The cable is in until the block ends."""
        server = uvicorn.Server(
            uvicorn.Config(make_app(self.region), host="127.0.0.1", port=self.port, log_config=None, ws="none")
        )
        thread = threading.Thread(target=server.run)
        thread.start()
        while not server.started:
            assert thread.is_alive(), "the region did not start"
            time.sleep(0.01)
        try:
            yield
        finally:
            server.should_exit = True
            thread.join()
