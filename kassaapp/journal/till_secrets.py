"""The till's own keys, and how they are found again: one to sign with, one to seal personal parts with."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from kassaapp.journal import durable
from kassaapp.journal.signing_key import SECRET_BYTES, Custody
from kassaapp.trouble import KeyMissing
from sync.wire import canonical
from sync.wire.entry import Enrolment, read_enrolment
from sync.wire.errors import WireError
from sync.wire.signature import KEY_BYTES, Signer

CERTIFICATE_NAME = "certificate.json"
EARLIER_NAME = "certificates.jsonl"


@dataclass(frozen=True, slots=True)
class Secrets:
    """The till's signing key and the key its personal parts are sealed with."""

    signer: Signer
    sealing_key: bytes

    @classmethod
    def made(cls, random: Callable[[int], bytes] = secrets.token_bytes) -> tuple["Secrets", bytes]:
        """New secrets, and the bytes to give into custody."""
        kept = random(SECRET_BYTES)
        return cls.of(kept), kept

    def succeeding(self, random: Callable[[int], bytes] = secrets.token_bytes) -> tuple["Secrets", bytes]:
        """The secrets of a successor, and the bytes to give into custody: a new signing key; the sealing key stays, for
        what the chain before has sealed must go on opening."""
        kept = random(KEY_BYTES) + self.sealing_key
        return Secrets.of(kept), kept

    @classmethod
    def of(cls, kept: bytes) -> "Secrets":
        """The secrets from what custody kept."""
        return cls(Signer(kept[:KEY_BYTES]), kept[KEY_BYTES:])


def custody_name(public_key: bytes) -> str:
    """Under which name the secrets of this key are in custody."""
    return canonical.to_text(public_key)[:22]


def fetched(custody: Custody, enrolment: Enrolment) -> Secrets:
    """The secrets of a chain. Raises KeyMissing, NoKeyring."""
    own = Secrets.of(custody.fetch(custody_name(enrolment.public_key)))
    if own.signer.public_key != enrolment.public_key:
        raise KeyMissing("the key belongs to another till")
    return own


def write_certificates(path: Path, chains: Sequence[Enrolment]) -> None:
    """Put the certificates beside the journal at `path`, the newest by itself: they say which keys are needed, and
    which chains there were, when the journal is gone."""
    if len(chains) > 1:
        earlier = "".join(one.encode().decode() + "\n" for one in chains[:-1])
        durable.write_text(path.with_name(EARLIER_NAME), earlier)
    durable.write_text(path.with_name(CERTIFICATE_NAME), chains[-1].encode().decode())


def read_certificates(path: Path) -> list[Enrolment]:
    """The certificates beside the journal at `path`, the newest last. Raises OSError, WireError."""
    newest = read_enrolment(path.with_name(CERTIFICATE_NAME).read_bytes())
    try:
        lines = path.with_name(EARLIER_NAME).read_bytes().splitlines()
        earlier = [read_enrolment(line) for line in lines]
    except (OSError, WireError):
        return [newest]
    return [*(one for one in earlier if one != newest), newest]
