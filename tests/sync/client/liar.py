"""A region that holds the real ledger key and says whatever it is told to say."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sync.wire import checkpoint, entry, frame, messages, tree
from sync.wire.demo_keys import demo_keys
from sync.wire.frame import Frame
from sync.wire.messages import Pushed
from sync.wire.signature import Signer
from tests.sync.builders import START_MS, unpacked


@dataclass
class Liar:
    """Stores what it is sent in a tree of its own and answers truly, until `lie` turns the answer into another.

    `lie` is given this region, the frames of the push and the true answer, and returns what is sent instead.
    """

    origin: str
    leaves: list[bytes]
    lie: Callable[["Liar", list[Frame], Pushed], Response | Pushed] | None = None
    next: int = 0
    known: int = 0
    config_seq: int = 0
    configuration: bytes = b""
    pushes: int = 0
    key: Signer = field(default_factory=lambda: demo_keys().ledger)

    def app(self) -> Starlette:
        """The application."""
        return Starlette(
            routes=[
                Route("/v1/chains/{chain}/records", self._push, methods=["POST"]),
                Route("/v1/config", self._config),
            ]
        )

    def answer(self, index: int) -> Pushed:
        """A true answer about the tree as it stands: leaf `index` is in it, and it continues the one known."""
        hashes = [tree.leaf_hash(leaf) for leaf in self.leaves]
        nodes: dict[tree.Place, bytes] = {}
        nodes = tree.append(0, hashes, nodes.__getitem__)
        size, get = len(hashes), nodes.__getitem__
        known = self.known if self.known <= size else 0
        return Pushed(
            next=self.next,
            leaf=self.leaves[index],
            index=index,
            inclusion=tuple(tree.inclusion(index, size, get)),
            note=checkpoint.sign(self.origin, size, tree.root(size, get), self.key).note,
            consistency=tuple(tree.consistency(known, size, get)),
            config_seq=self.config_seq,
            nonce="n",
        )

    def another_past(self) -> Pushed:
        """An answer from a tree in which the first entry was another; what it says of itself is true."""
        first, self.leaves[0] = self.leaves[0], entry.encode_record(START_MS, bytes(32))
        made = self.answer(len(self.leaves) - 1)
        self.leaves[0] = first
        return made

    async def _push(self, request: Request) -> Response:
        self.pushes += 1
        frames = frame.decode_all(unpacked(await request.body()), at_most=messages.MAX_BATCH_RECORDS)
        self.leaves += [entry.encode_record(START_MS, one.record.hash) for one in frames]
        self.next = int(request.headers[messages.START_HEADER]) + len(frames)
        self.known = int(request.headers[messages.KNOWN_HEADER])
        answer = self.answer(len(self.leaves) - 1)
        said = answer if self.lie is None else self.lie(self, frames, answer)
        return Response(said.encode()) if isinstance(said, Pushed) else said

    async def _config(self, _: Request) -> Response:
        return Response(self.configuration)


def but(**changes: object) -> Callable[[Liar, list[Frame], Pushed], Pushed]:
    """A lie: the true answer with some fields changed."""
    return lambda _, __, answer: replace(answer, **changes)  # type: ignore[arg-type]
