"""A clinic's own price list for its E till, signed by the clinic's key: the region passes it on and cannot write it.

    content   {"articles":[…],"clinic":"…","number":N,"sig":S}        of the part "own/ID" of a configuration record
    S         Ed25519(clinic's key, "kassa/own/v1\\0" ‖ canonical JSON of {articles, clinic, number})

The key is named by the region, as `own_key` in the table [clinic] of "clinic/ID". While one is named, the E till takes
its articles from this list alone, and none from the region's (docs/decisions/0008). `number` only grows, so that an
older list of the clinic's cannot be put in force again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sync.wire import canonical, signature
from sync.wire.entry import check_clinic
from sync.wire.errors import BadSignature, Malformed
from sync.wire.signature import KEY_BYTES, SIGNATURE_BYTES, Signer

OWN_DOMAIN = b"kassa/own/v1\0"
TILL = "E"
"""The till that a clinic's own list is for."""


@dataclass(frozen=True, slots=True)
class OwnList:
    """A clinic's list that has been checked. `articles` are as in the region's part, all with the till E."""

    clinic: str
    number: int
    articles: tuple[Mapping[str, Any], ...]


def sign(clinic: str, number: int, articles: list[dict[str, Any]], signer: Signer) -> dict[str, Any]:
    """The content of the part "own/ID". Raises Malformed for a list that could not be read back."""
    listed = {"articles": articles, "clinic": check_clinic(clinic), "number": number}
    signed = listed | {"sig": canonical.to_text(signer.sign(OWN_DOMAIN + canonical.encode(listed)))}
    canonical.encode(signed)
    read(signed, clinic, signer.public_key)
    return signed


def read(content: Mapping[str, Any], clinic: str, public_key: bytes) -> OwnList:
    """Check a list against the key that the region names. Raises Malformed, BadSignature."""
    if set(content) != {"articles", "clinic", "number", "sig"} or content["clinic"] != clinic:
        raise Malformed("a clinic's own list")
    number, articles = content["number"], content["articles"]
    if type(number) is not int or number < 1 or not isinstance(articles, list):
        raise Malformed("a clinic's own list")
    if not all(isinstance(one, dict) and one.get("till") == TILL for one in articles):
        raise Malformed("a clinic's own list is for the till E")
    listed = {name: content[name] for name in ("articles", "clinic", "number")}
    try:
        signed = canonical.from_text(content["sig"], SIGNATURE_BYTES)
        signature.verify(public_key, signed, OWN_DOMAIN + canonical.encode(listed))
    except BadSignature:
        raise BadSignature("the clinic's key did not sign its list") from None
    return OwnList(clinic, number, tuple(articles))


def named_key(clinic_content: Mapping[str, Any]) -> bytes | None:
    """The key that the content of "clinic/ID" names, or None when there is none. Raises Malformed."""
    clinic = clinic_content.get("clinic")
    text = clinic.get("own_key") if isinstance(clinic, Mapping) else None
    return None if text is None else canonical.from_text(text, KEY_BYTES)
