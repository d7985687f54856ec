"""Is that the person's PIN? Argon2id verifiers from the signed configuration; works without the network."""

from dataclasses import dataclass, field

from nacl import exceptions, pwhash

MAX_PIN_LENGTH = 64


@dataclass(frozen=True, slots=True)
class Signature:
    """A person and the PIN they gave, to approve or to sign something."""

    user: str
    pin: str = field(repr=False)


def is_pin(verifier: str, pin: str) -> bool:
    """Whether `pin` is the one the verifier was made of."""
    if len(pin) > MAX_PIN_LENGTH:
        return False
    try:
        return pwhash.verify(verifier.encode("ascii"), pin.encode())
    except exceptions.InvalidkeyError:
        return False
