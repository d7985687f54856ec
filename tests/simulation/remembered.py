"""What does not depend on anything but the bytes it is given is worked out once for the same bytes.

A history starts its tills again and again on records that have not changed, and all histories begin alike. Reading a
header, holding a signature against its message and reading an event out of its contents are the same each time; each
check is still made by the program where it makes it, on the bytes that it has then, and one that fails is made anew.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import lru_cache

from kassaapp.domain.events import Event
from kassaapp.journal import journal, whole
from sync.wire import record, signature
from sync.wire.frame import Frame
from sync.wire.record import Part
from tests.simulation.chance import swapped

_read = lru_cache(maxsize=4096)(record.read)
_verify = lru_cache(maxsize=4096)(signature.verify)
_event_of = whole.event_of


@lru_cache(maxsize=4096)
def _event_in(env: bytes, parts: tuple[Part, ...]) -> Event:
    return _event_of(Frame(_read(env), parts))


def _event(frame: Frame) -> Event:
    return _event_in(frame.record.env, frame.parts)


@contextmanager
def remembered() -> Iterator[None]:
    """The program works such things out once, until the block ends."""
    with ExitStack() as until_end:
        until_end.enter_context(swapped(record, "read", _read))
        until_end.enter_context(swapped(signature, "verify", _verify))
        until_end.enter_context(swapped(journal, "event_of", _event))
        yield
