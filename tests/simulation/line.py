"""The way from one till to the region: `sync.client.transport.Transport` without HTTP, through a network that fails.

A request may be lost, come twice or come late; an answer may be lost, or an older one may come in its place; and the
till may be killed at any of these moments. What goes over it is encoded and read again, as on a wire.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from random import Random
from typing import TypeVar

from sync.client.engine import Push
from sync.client.errors import Offline, Rejected
from sync.client.transport import Sender
from sync.server import certificate, configuration, enrolment, ingest, quarantine, storage, succession
from sync.server.region import Region
from sync.server.storage import Chain
from sync.server.verify import verify_chain
from sync.wire import frame, messages
from sync.wire.frame import Frame
from sync.wire.messages import Conflict, Enrolled, EnrolRequest, Pushed, SuccessorRequest
from tests.simulation.lies import Lie
from tests.simulation.site import Site

T = TypeVar("T")
Request = Callable[[Region], T]


class Killed(BaseException):
    """The till's program has been killed, as by a power cut: nothing may catch this on the way."""


@dataclass(frozen=True, slots=True)
class Weather:
    """How the network is, each the chance of one message. `old_answers`: somebody replays; that is not honest."""

    request_lost: float = 0.0
    answer_lost: float = 0.0
    twice: float = 0.0
    late: float = 0.0
    killed: float = 0.0
    old_answers: float = 0.0
    region_stops: float = 0.0


FAIR = Weather()


@dataclass
class Post:
    """What is between all tills and the region: requests on their way, and how the weather is."""

    random: Random
    site: Site
    folder: Path
    weather: Weather = FAIR
    is_parted: bool = False
    is_poisoned: bool = False
    """Whether the region's ledger can never be believed again: succession of ledgers is not built yet."""
    page: int = messages.MAX_BATCH_RECORDS
    """How many records the region gives back at once."""

    def __post_init__(self) -> None:
        self.late: list[Callable[[], None]] = []
        self._folders = count()
        self.lie: Lie | None = None

    def new_folder(self) -> Path:
        """A path for media, not there yet."""
        return self.folder / str(next(self._folders))

    def happens(self, chance: float) -> bool:
        """Whether something does."""
        return chance > 0.0 and self.random.random() < chance

    def deliver_late(self) -> None:
        """One of the requests that were on their way arrives; nobody waits for the answer."""
        if self.late:
            self.late.pop(self.random.randrange(len(self.late)))()


class Line:
    """One till's way to the region. Fits `round.Carrier`, `recovery.Link` and what `enrol` needs."""

    def __init__(self, post: Post, killed: Callable[[], None]) -> None:
        self._post = post
        self._killed = killed
        self._given: list[Pushed | Conflict] = []
        self.face: Site | None = None
        """The region that this till is shown, when it has two faces."""
        self.is_cut = False
        self.troubles = 0
        """How often the way has failed, or somebody on it has given an old answer for a new one."""
        self.heard: list[Pushed | Conflict] = []
        """Answers to pushes, as they came; emptied by who reads them."""
        self.lied: Lie | None = None
        """The lie of the newest of these, if it was one."""

    @property
    def site(self) -> Site:
        """The region at the other end."""
        return self._post.site if self.face is None else self.face

    # ── what a transport offers ──────────────────────────────────────────────────────────────────────────────────

    def enrol(self, request: EnrolRequest) -> Enrolled:
        """Ask to become a register."""
        raw = request.encode()
        answer = self._ask(lambda region: _again(Enrolled, enrolment.enrol(region, raw)))
        self.site.saw(answer.note)
        return answer

    def push(self, sender: Sender, push: Push) -> Pushed | Conflict:
        """Send records."""
        lie, site = self._post.lie, self.site
        raw = push.body if lie is None or lie.stores else b""

        def store(region: Region) -> Pushed | Conflict:
            _authenticated(region, sender)
            with site.keeping_time():
                made = ingest.push(region, sender.chain, ingest.read_push(push.start, raw), push.known_size)
            if raw:
                verify_chain(region, sender.chain)
            return _again(type(made), made)

        answer = self._bent(sender, push, self._ask(store))
        self.heard.append(answer)
        return answer

    def configuration(self, sender: Sender, first: int) -> list[Frame]:
        """Configuration records from `first`."""

        def read(region: Region) -> list[Frame]:
            return configuration.delivered(region, _authenticated(region, sender).clinic, first)

        return self._carried(self._ask(read))

    def records(self, sender: Sender, first: int) -> list[Frame]:
        """The chain's own records back."""

        def read(region: Region) -> list[Frame]:
            chain = _authenticated(region, sender)
            with storage.reading(region.engine) as db:
                return storage.frames(db, chain.chain, first, first + self._post.page)

        return self._carried(self._ask(read))

    def aside(self, sender: Sender, first: int) -> list[Frame]:
        """The sender's records that are kept beside its chain."""

        def read(region: Region) -> list[Frame]:
            chain = _authenticated(region, sender)
            with storage.reading(region.engine) as db:
                return quarantine.kept(db, chain.chain, first)[0]

        return self._carried(self._ask(read))

    def certificate(self, sender: Sender) -> Enrolled:
        """The chain's certificate with a new proof."""

        return self._shown(sender, certificate.shown)

    def parent_certificate(self, sender: Sender) -> Enrolled:
        """The certificate of the chain that the sender's succeeds."""
        return self._shown(sender, succession.parent_certificate)

    def parent_records(self, sender: Sender, first: int) -> list[Frame]:
        """Records of the chain that the sender's succeeds."""

        def read(region: Region) -> list[Frame]:
            return succession.parent_frames(region, _authenticated(region, sender), first)

        return self._carried(self._ask(read))

    def successor(self, sender: Sender, request: SuccessorRequest) -> Enrolled:
        """The chain that goes on after the sender's."""
        raw = request.encode()

        return self._shown(sender, lambda region, chain: succession.succeed(region, chain, raw))

    def _shown(self, sender: Sender, how: Callable[[Region, Chain], Enrolled]) -> Enrolled:
        answer = self._ask(lambda region: _again(Enrolled, how(region, _authenticated(region, sender))))
        self.site.saw(answer.note)
        return answer

    # ── how it fails ─────────────────────────────────────────────────────────────────────────────────────────────

    def _ask(self, request: Request[T]) -> T:
        post, weather, site = self._post, self._post.weather, self.site
        self.maybe_kill()
        if post.is_parted or self.is_cut or post.happens(weather.request_lost):
            raise self._failed()
        if post.happens(weather.late):
            post.late.append(lambda: _unanswered(site, request))
            raise self._failed()
        if post.happens(weather.region_stops):
            site.stop_after(post.random.randrange(40))
        try:
            answer = site.serve(request)
        except Offline as offline:
            raise self._failed(offline.retry_after_s) from None
        if post.happens(weather.twice):
            _unanswered(site, request)
        self.maybe_kill()
        if post.happens(weather.answer_lost):
            raise self._failed()
        return answer

    def _failed(self, retry_after_s: float | None = None) -> Offline:
        self.troubles += 1
        return Offline(retry_after_s)

    def maybe_kill(self) -> None:
        """The power may go at this moment."""
        if self._post.happens(self._post.weather.killed):
            self._killed()
            raise Killed

    def _carried(self, frames: list[Frame]) -> list[Frame]:
        """Frames as they reach the till."""
        lie = self._post.lie
        sent = frames if lie is None or lie.bends is None else lie.bends(self.site, frames)
        return frame.decode_all(frame.encode_all(sent), at_most=messages.MAX_BATCH_RECORDS)

    def _bent(self, sender: Sender, push: Push, answer: Pushed | Conflict) -> Pushed | Conflict:
        """The answer as it reaches the till: the true one, a lie, or an old one."""
        post, self.lied = self._post, None
        if not isinstance(answer, Pushed):
            self.site.check_flagged(answer)
            return answer
        self.site.saw(answer.note)
        if push.frames:
            self.site.check_stored(sender.chain, push.start, answer.next)
        self._given.append(answer)
        if post.lie is not None:
            told = post.lie.tell(self.site, push, answer)
            self.lied = None if told is None else post.lie
            post.is_poisoned |= told is not None and post.lie.poisons
            return told or answer
        if post.happens(post.weather.old_answers):
            old = post.random.choice(self._given)
            self.troubles += old is not answer
            return old
        return answer


def _unanswered(site: Site, request: Request[T]) -> None:
    """A request of which nobody reads the answer."""
    try:
        site.serve(request)
    except (Offline, Rejected):
        return


def _authenticated(region: Region, sender: Sender) -> Chain:
    """Whose request it is, as `sync.server.app` finds out from the signature."""
    with storage.reading(region.engine) as db:
        chain = storage.find_chain(db, sender.chain)
    if chain is None:
        raise Rejected(403, "unknown-chain")
    if chain.public_key != sender.signer.public_key:
        raise Rejected(403, "signature")
    return chain


def _again(kind: type[T], message: T) -> T:
    """A message as it is after the wire."""
    read: T = kind.read(message.encode())  # type: ignore[attr-defined]
    return read
