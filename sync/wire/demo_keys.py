"""Keys that everybody knows, for demos and training: whoever reads this file can sign with them.

Anyone may publish a price list, answer as a region or open sealed parts with these keys. A till that takes money
refuses a region whose root key is one of them (`is_demo_root`), and `sync.server init` uses them only with `--demo`.
"""

import hashlib
from dataclasses import dataclass

from nacl.public import PrivateKey

from sync.wire.signature import Signer

_PURPOSE = "kassa demonstration key, known to everybody: "


@dataclass(frozen=True, slots=True)
class DemoKeys:
    """The published keys. `recovery` is the X25519 pair to which demo registers seal personal parts."""

    root: Signer
    config: Signer
    ledger: Signer
    recovery: PrivateKey


def demo_seed(name: str) -> bytes:
    """The 32 bytes of the demo key `name`: "root", "config", "ledger" or "recovery"."""
    return hashlib.sha256((_PURPOSE + name).encode()).digest()


def demo_keys() -> DemoKeys:
    """The four demo keys."""
    return DemoKeys(
        root=Signer(demo_seed("root")),
        config=Signer(demo_seed("config")),
        ledger=Signer(demo_seed("ledger")),
        recovery=PrivateKey(demo_seed("recovery")),
    )


def is_demo_root(root_key: bytes) -> bool:
    """Whether a region with this root key is a demonstration."""
    return root_key == demo_keys().root.public_key
