"""Who may sign prices, and that a price list can only be followed by the next one.

Two chains in the record format, both starting from `prev` = 32 zero bytes:

trust    kind "trust", signed by the region's root key (its public half stands in the clinic file). Part "keys" names
         the region, its ledger's origin and key, the key that signs configuration, and the X25519 key to which
         registers seal personal parts so that a stick can be read without its machine.
config   kind "config", signed by the configuration key. Part "region" holds articles, dated prices, fees, policy and
         texts; "clinic/ID" and "users/ID" what is one clinic's own; "own/ID" what the clinic has signed itself
         (`sync.wire.own`). A register checks every header and receives only its own parts. Only seq+1 is ever
         accepted, so an older list can never come back.

A part holds at most 64 KiB. Articles that do not fit lie in parts of their own in the same record, "region/articles/1"
and on, and "region" says with `article_parts` how many of them are in force: those beyond it are of an older list.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sync.wire import canonical
from sync.wire import record as rec
from sync.wire.errors import BadCommitment, BrokenLink, Malformed
from sync.wire.frame import Frame
from sync.wire.record import NO_RECORD, Header, Part, Record
from sync.wire.signature import KEY_BYTES, Signer

TRUST_KIND = "trust"
CONFIG_KIND = "config"
KEYS_PART = "keys"
REGION_PART = "region"
ARTICLES_PART = f"{REGION_PART}/articles/"
MAX_ARTICLE_PARTS = 24
"""A header has room for so many, and for the other parts of a document beside them."""

_ORIGIN = re.compile(r"[a-z0-9][a-z0-9./-]{0,99}")


@dataclass(frozen=True, slots=True)
class Trust:
    """The region's working keys, as its root key names them."""

    region: str
    origin: str
    ledger_key: bytes
    config_key: bytes
    recovery_key: bytes

    def encode(self) -> bytes:
        """The canonical content of the part "keys"."""
        return canonical.encode(
            {
                "region": self.region,
                "origin": self.origin,
                "ledger_key": canonical.to_text(self.ledger_key),
                "config_key": canonical.to_text(self.config_key),
                "recovery_key": canonical.to_text(self.recovery_key),
            }
        )


def clinic_part(clinic: str) -> str:
    """Name of the part with one clinic's own settings."""
    return f"clinic/{clinic}"


def users_part(clinic: str) -> str:
    """Name of the part with the people of one clinic."""
    return f"users/{clinic}"


def own_part(clinic: str) -> str:
    """Name of the part with what one clinic has signed itself."""
    return f"own/{clinic}"


def delivered_parts(clinic: str) -> list[str]:
    """The names of all parts that a clinic's registers receive."""
    articles = [f"{ARTICLES_PART}{number}" for number in range(1, MAX_ARTICLE_PARTS + 1)]
    return [REGION_PART, *articles, clinic_part(clinic), users_part(clinic), own_part(clinic)]


def joined(contents: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """The content of "region" with its articles, wherever they lie; None when there is no such part.

    `contents` are those in force, by part name. Raises Malformed when articles are missing that "region" counts.
    """
    region = contents.get(REGION_PART)
    if not isinstance(region, Mapping) or "article_parts" not in region:
        return region
    count = region["article_parts"]
    if type(count) is not int or not 1 <= count <= MAX_ARTICLE_PARTS or "articles" in region:
        raise Malformed("article_parts")
    articles: list[Any] = []
    for number in range(1, count + 1):
        part = contents.get(f"{ARTICLES_PART}{number}")
        more = part.get("articles") if isinstance(part, Mapping) else None
        if not isinstance(more, list):
            raise Malformed(f"{ARTICLES_PART}{number}")
        articles += more
    return {name: value for name, value in region.items() if name != "article_parts"} | {"articles": articles}


def read_trust(frames: Sequence[Frame], root_key: bytes) -> Trust:
    """Check a trust chain against the root key and return the newest. Raises WireError."""
    _check_chain(frames, root_key, TRUST_KIND, None)
    if not frames:
        raise Malformed("no trust record")
    part = frames[-1].part(KEYS_PART)
    if part is None:
        raise Malformed("trust record without keys")
    return trust_of(part)


def trust_of(part: Part) -> Trust:
    """The keys that a part "keys" names. Raises Malformed."""
    value = part.content()
    if set(value) != {"region", "origin", "ledger_key", "config_key", "recovery_key"}:
        raise Malformed("trust record")
    region, origin = value["region"], value["origin"]
    if not isinstance(region, str) or not isinstance(origin, str) or not _ORIGIN.fullmatch(origin):
        raise Malformed("trust record")
    return Trust(
        region,
        origin,
        canonical.from_text(value["ledger_key"], KEY_BYTES),
        canonical.from_text(value["config_key"], KEY_BYTES),
        canonical.from_text(value["recovery_key"], KEY_BYTES),
    )


def check_configuration(
    frames: Sequence[Frame], trust: Trust, *, after: Record | None, clinic: str | None = None
) -> None:
    """Raise WireError unless `frames` are the next configuration records after `after` (None: from the first).

    With `clinic`, also unless every part that concerns that clinic is there: a part withheld would leave an old price
    in force without a word.
    """
    _check_chain(frames, trust.config_key, CONFIG_KIND, after)
    own = () if clinic is None else delivered_parts(clinic)
    for frame in frames:
        if any(name in frame.record.header.parts and frame.part(name) is None for name in own):
            raise BadCommitment(f"configuration {frame.record.header.seq} lacks a part")


def next_record(kind: str, chain: bytes, after: Record | None, parts: Iterable[Part], signer: Signer) -> Frame:
    """Sign the record that follows `after` in a trust or configuration chain."""
    carried = tuple(parts)
    header = Header(
        chain=chain,
        seq=0 if after is None else after.header.seq + 1,
        prev=NO_RECORD if after is None else after.hash,
        kind=kind,
        parts={part.name: part.commitment for part in carried},
    )
    return Frame(rec.seal(header, signer), carried)


def _check_chain(frames: Sequence[Frame], key: bytes, kind: str, after: Record | None) -> None:
    before = after
    for frame in frames:
        record = frame.record
        chain = record.header.chain if before is None else before.header.chain
        seq = 0 if before is None else before.header.seq + 1
        rec.check_link(record, chain=chain, seq=seq, prev=NO_RECORD if before is None else before.hash)
        if record.header.kind != kind:
            raise BrokenLink(f"a {record.header.kind} record in a {kind} chain")
        rec.check_signature(record, key)
        rec.check_parts(record, frame.parts, all_present=False)
        before = record
