"""A desk of the demo clinic without a region: enrolled and configured with keys that everybody knows.

For acts, training and tests. The certificate is a ledger of one entry, signed with the published demo key, and goes
through the same checks as a region's. A till that takes money refuses these keys (`clinic.py`).
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

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


Contents = Mapping[str, Mapping[str, Any]]
TILLS = ("H", "E")


@dataclass(frozen=True, slots=True)
class Place:
    """Whose desk it is: the demo clinic's unless said otherwise.

    Training in a clinic keeps its secrets as the clinic does: personal parts are sealed to the region's own
    `recovery_key`, and the key lies in the clinic's `custody`.
    """

    clinic: str = "ekbacken"
    register: str = "R0417"
    recovery_key: bytes | None = None
    custody: str = "machine"
    desk: str | None = None


def enrol(
    folder: Path,
    *,
    now: Callable[[], datetime],
    tills: tuple[str, ...] = TILLS,
    contents: Contents | None = None,
    place: Place | None = None,
) -> None:
    """Enrol an empty folder as a demo desk: the demo clinic's, or with the contents of another configuration (for
    training). Raises AlreadyEnrolled."""
    where = place or Place()
    root_key = canonical.to_text(demo_keys().root.public_key)
    letters = ", ".join(f'"{letter}"' for letter in tills)
    text = f'root_key = "{root_key}"\ncode = "DEMO"\ntills = [{letters}]\ncustody = "{where.custody}"\ndemo = true\n'
    text += "" if where.desk is None else f"desk = {json.dumps(where.desk, ensure_ascii=False)}\n"
    given = contents if contents is not None else _demo_contents()
    enrolment.enrol(folder, clinic.parse(text), text, _region(given, where, now), now=now)


def _demo_contents() -> Contents:
    return document.contents(document.read(resource("demo/demo.toml").read_text(encoding="utf-8")))


def _region(contents: Contents, place: Place, now: Callable[[], datetime]) -> enrolment.Region:
    """A region of one ledger entry: it enrols whoever asks."""

    def enrolled(code: str, till: str, signer: Signer) -> NewRegister:
        certificate = Enrolment(
            at_ms=int(now().timestamp()) * 1000,
            chain=_fixed(till, signer.public_key)[:CHAIN_BYTES],
            clinic=place.clinic,
            register=place.register,
            till=till,
            public_key=signer.public_key,
        )
        leaf = certificate.encode()
        head = checkpoint.sign(_ORIGIN, 1, tree.leaf_hash(leaf), demo_keys().ledger)
        encoded = {name: canonical.encode(content) for name, content in contents.items()}
        trust = _trust(place.recovery_key)
        return NewRegister(
            enrolment=certificate,
            proof=Proof(0, leaf, 0, (), (), head),
            trust=trust,
            trust_chain=(_record(config.TRUST_KIND, {config.KEYS_PART: trust.encode()}, demo_keys().root),),
            configuration=(_record(config.CONFIG_KIND, encoded, demo_keys().config),),
        )

    return enrolled


def _trust(recovery_key: bytes | None) -> Trust:
    keys = demo_keys()
    return Trust(
        region="Demoregionen",
        origin=_ORIGIN,
        ledger_key=keys.ledger.public_key,
        config_key=keys.config.public_key,
        recovery_key=recovery_key or bytes(keys.recovery.public_key),
    )


def _record(kind: str, contents: dict[str, bytes], signer: Signer) -> Frame:
    parts = [Part(name, _fixed(name, data)[:SALT_BYTES], data) for name, data in contents.items()]
    return config.next_record(kind, _fixed(kind, b"")[:CHAIN_BYTES], None, parts, signer)


def _fixed(name: str, data: bytes) -> bytes:
    """32 bytes that need not be secret, since nothing of the demo is."""
    return hashlib.sha256(f"kassa demo {name}\0".encode() + data).digest()
