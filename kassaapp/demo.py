"""A desk of the demo clinic without a region: enrolled and configured with keys that everybody knows.

For acts, training and tests. The certificate is a ledger of one entry, signed with the published demo key, and goes
through the same checks as a region's. A till that takes money refuses these keys (`clinic.py`).
"""

import hashlib
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from kassaapp import clinic, enrolment
from kassaapp.paths import resource
from sync.client.engine import Proof
from sync.client.enrol import NewRegister
from sync.wire import canonical, checkpoint, config, document, tree
from sync.wire.config import Trust
from sync.wire.demo_keys import demo_keys
from sync.wire.entry import Enrolment
from sync.wire.frame import Frame
from sync.wire.record import CHAIN_BYTES, SALT_BYTES, Part
from sync.wire.signature import Signer

_ORIGIN = "kassa.demo/ledger/1"


def enrol(folder: Path, *, now: Callable[[], datetime]) -> None:
    """Enrol an empty folder as the demo clinic's desk. Raises AlreadyEnrolled."""
    root_key = canonical.to_text(demo_keys().root.public_key)
    text = f'root_key = "{root_key}"\ncode = "DEMO"\ntills = ["H"]\ncustody = "machine"\ndemo = true\n'
    enrolment.enrol(folder, clinic.parse(text), text, _enrolled_at(now), now=now)


def _enrolled_at(now: Callable[[], datetime]) -> enrolment.Region:
    def enrolled(code: str, till: str, signer: Signer) -> NewRegister:
        contents = document.contents(document.read(resource("demo/demo.toml").read_text(encoding="utf-8")))
        trust = _trust()
        certificate = Enrolment(
            at_ms=int(now().timestamp()) * 1000,
            chain=_fixed(till, signer.public_key)[:CHAIN_BYTES],
            clinic="ekbacken",
            register="R0417",
            till=till,
            public_key=signer.public_key,
        )
        leaf = certificate.encode()
        head = checkpoint.sign(_ORIGIN, 1, tree.leaf_hash(leaf), demo_keys().ledger)
        return NewRegister(
            enrolment=certificate,
            proof=Proof(0, leaf, 0, (), (), head),
            trust=trust,
            trust_chain=(_record(config.TRUST_KIND, {config.KEYS_PART: trust.encode()}, demo_keys().root),),
            configuration=(
                _record(
                    config.CONFIG_KIND,
                    {name: canonical.encode(content) for name, content in contents.items()},
                    demo_keys().config,
                ),
            ),
        )

    return enrolled


def _trust() -> Trust:
    keys = demo_keys()
    return Trust(
        region="Demoregionen",
        origin=_ORIGIN,
        ledger_key=keys.ledger.public_key,
        config_key=keys.config.public_key,
        recovery_key=bytes(keys.recovery.public_key),
    )


def _record(kind: str, contents: dict[str, bytes], signer: Signer) -> Frame:
    parts = [Part(name, _fixed(name, data)[:SALT_BYTES], data) for name, data in contents.items()]
    return config.next_record(kind, _fixed(kind, b"")[:CHAIN_BYTES], None, parts, signer)


def _fixed(name: str, data: bytes) -> bytes:
    """32 bytes that need not be secret, since nothing of the demo is."""
    return hashlib.sha256(f"kassa demo {name}\0".encode() + data).digest()
