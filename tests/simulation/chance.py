"""All chance of a history comes from its seed: keys, salts, faults and what the network does."""

import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from random import Random
from typing import Any

from kassaapp.journal import journal
from kassaapp.journal.till_secrets import Secrets


@contextmanager
def swapped(owner: Any, name: str, value: Any) -> Iterator[None]:
    """An attribute is another until the block ends."""
    before = owner.__dict__[name] if isinstance(owner, type) else getattr(owner, name)
    setattr(owner, name, value)
    try:
        yield
    finally:
        setattr(owner, name, before)


class _Stopwatch:
    """What the journal sees of the module `time`: a history's own time."""

    def __init__(self, world_clock: Any) -> None:
        self.monotonic = world_clock


@contextmanager
def drawn_from(random: Random, elapsed_s: Any) -> Iterator[None]:
    """Whatever the program draws comes from `random`, and its stopwatch shows `elapsed_s()`, until the block ends."""
    with ExitStack() as until_end:
        until_end.enter_context(swapped(secrets, "token_bytes", random.randbytes))
        until_end.enter_context(swapped(secrets, "choice", random.choice))
        for made in (Secrets.made, Secrets.succeeding):
            function = getattr(made, "__func__", made)
            until_end.enter_context(swapped(function, "__defaults__", (random.randbytes,)))
        until_end.enter_context(swapped(journal, "time", _Stopwatch(elapsed_s)))
        yield
