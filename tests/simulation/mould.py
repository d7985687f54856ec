"""A region with four registers at work, made once in a process and copied for every history."""

import atexit
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from random import Random

from kassaapp import clinic, enrolment
from sync.client import enrol as client_enrol
from sync.client.enrol import NewRegister
from sync.client.transport import Sender
from sync.server import configuration
from sync.server import enrolment as codes
from sync.server.region import Region, found_region
from sync.wire.canonical import to_text
from sync.wire.demo_keys import demo_keys
from sync.wire.entry import Enrolment
from sync.wire.frame import Frame
from sync.wire.signature import Signer
from tests.simulation.chance import drawn_from, swapped
from tests.simulation.disk import Keyring, Media
from tests.simulation.line import Line, Post
from tests.simulation.machine import Clock, Machine
from tests.simulation.site import START_MS, Copy, Host, Site, new_host
from tests.simulation.truth import Truth

TILLS = 4
FACES = 2
"""How many other faces a region may show: a plan has room for two deeds."""
CLINIC = "ekbacken"
DEMO = Path(__file__).parents[2] / "resources" / "demo" / "demo.toml"
_SEED = 20261123
VERIFIER = "$argon2id$v=19$m=65536,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
"""Of no PIN: nobody signs in in a history."""


def name_of(number: int) -> str:
    """The name of one of the registers that there are from the beginning."""
    return f"R{417 + number:04}"


@dataclass(frozen=True, slots=True)
class Mould:
    """What every history begins with. `others` are where a region's other faces run, each in files of its own."""

    folder: Path
    host: Host
    others: tuple[Host, ...]
    copy: Copy
    truth: Truth
    tills: tuple[tuple[Media, Keyring], ...]

    @property
    def sales(self) -> int:
        """How many there are at the beginning."""
        return sum(record.kind == "sale" for record in self.truth.records.values())

    def begun(self) -> Truth:
        """The truth at the beginning of a history."""
        return Truth(dict(self.truth.trees), dict(self.truth.records))


def clock_of(elapsed_s: Callable[[], float]) -> Clock:
    """The right time, to the second."""
    return lambda: datetime.fromtimestamp(START_MS // 1000 + int(elapsed_s()), UTC)


def enrolled(folder: Path, keyring: Keyring, code: str, line: Line, now: Clock) -> Media:
    """A new machine is given a code and becomes a till, as `kassaapp enrol` does it."""
    media = Media(folder)
    text = (
        f'server = "https://region.example"\nroot_key = "{to_text(demo_keys().root.public_key)}"\ncode = "{code}"\n'
        f'tills = ["H"]\ncustody = "machine"\ndemo = true\nsecond_medium = "{media.stick}"\n'
    )
    media.stick.mkdir(parents=True)
    with swapped(enrolment, "custody", lambda *_: keyring):
        enrolment.enrol(folder, clinic.parse(text), text, _first(line), now=now, parent=_parent(line))
    return media


def _first(line: Line) -> enrolment.Region:
    """How a new till asks for its certificate, over a line."""

    def asked(code: str, till: str, signer: Signer) -> NewRegister:
        return client_enrol.enrol(code, till, signer, demo_keys().root.public_key, line)

    return asked


def _parent(line: Line) -> enrolment.Parent:
    """How it asks for the records of the till before it."""

    def asked(born: Enrolment, signer: Signer) -> Sequence[Frame]:
        return client_enrol.parent_records(born, Sender(born.chain, signer, born.clinic), line)

    return asked


@cache
def mould() -> Mould:
    """This process's mould. Its files lie in memory where the system offers that, and go with the process."""
    folder = Path(tempfile.mkdtemp(prefix=f"kassa-simulation-{os.getpid()}-", dir=_in_memory()))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    random = Random(_SEED)
    with drawn_from(random, lambda: 0.0):
        return _made(folder, random)


def _in_memory() -> str | None:
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108 - a folder of our own in it


def _made(folder: Path, random: Random) -> Mould:
    found_region(folder / "region", "Demoregionen", demo=True)
    host = Host(folder / "region")
    truth = Truth()
    site = Site(host, host.copied(), truth, lambda: 0.0)
    configuration.publish(site.region, _without_pins(DEMO.read_text(encoding="utf-8")), demo_keys().config)
    post = Post(random, site, folder / "tills")
    tills = tuple(_till(number, site.region, post, truth) for number in range(TILLS))
    truth.saw_tree(site.leaves())
    site.close()
    copy = host.copied()
    others = tuple(new_host(folder / f"other {number}", copy, host.folder) for number in range(FACES))
    return Mould(folder, host, others, copy, truth, tills)


def _without_pins(document: str) -> str:
    """The document with one verifier for all. Each PIN would get one with a salt that no seed draws."""
    return re.sub(r'\bpin = "[0-9]+"', f'verifier = "{VERIFIER}"', document)


def _till(number: int, region: Region, post: Post, truth: Truth) -> tuple[Media, Keyring]:
    """One register, enrolled, with a session open, two sales made, and everything at the region."""
    keyring, clock = Keyring(), clock_of(lambda: 0.0)
    code = codes.order(region, CLINIC, name_of(number), ["H"])
    line = Line(post, lambda: None)
    media = enrolled(post.new_folder(), keyring, code, line, clock)
    machine = Machine(name_of(number), media, keyring, post, truth, clock)
    machine.start()
    for _ in range(3):
        machine.sell()
    machine.sync()
    machine.stop()
    return media, keyring
