"""All chance of a history comes from its seed: keys, salts, seals, faults and what the network does."""

import hashlib
import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from random import Random
from typing import Any

from nacl.public import Box, PrivateKey, PublicKey, SealedBox

from kassaapp.journal import journal
from kassaapp.journal.till_secrets import Secrets
from sync.wire import sealing


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


class _Sealed:
    """`nacl.public.SealedBox`, whose library draws the key of each seal itself: the same bytes, of a key that is drawn
    here."""

    def __init__(self, key: PublicKey | PrivateKey) -> None:
        self._key = key

    def encrypt(self, plain: bytes) -> bytes:
        assert isinstance(self._key, PublicKey)
        once = PrivateKey(secrets.token_bytes(PrivateKey.SIZE))
        nonce = hashlib.blake2b(bytes(once.public_key) + bytes(self._key), digest_size=Box.NONCE_SIZE).digest()
        return bytes(once.public_key) + Box(once, self._key).encrypt(plain, nonce).ciphertext

    def decrypt(self, sealed: bytes) -> bytes:
        assert isinstance(self._key, PrivateKey)
        return SealedBox(self._key).decrypt(sealed)


@contextmanager
def drawn_from(random: Random, elapsed_s: Any) -> Iterator[None]:
    """Whatever the program draws comes from `random`, and its stopwatch shows `elapsed_s()`, until the block ends."""
    with ExitStack() as until_end:
        until_end.enter_context(swapped(secrets, "token_bytes", random.randbytes))
        until_end.enter_context(swapped(secrets, "choice", random.choice))
        for made in (Secrets.made, Secrets.succeeding):
            function = getattr(made, "__func__", made)
            until_end.enter_context(swapped(function, "__defaults__", (random.randbytes,)))
        until_end.enter_context(swapped(sealing, "SealedBox", _Sealed))
        until_end.enter_context(swapped(journal, "time", _Stopwatch(elapsed_s)))
        yield
