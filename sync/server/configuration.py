"""Prices, users and texts: published as the next record of a signed chain, and handed out by clinic.

Every configuration record is a leaf of the ledger: there can be no secret price list. A record carries the parts that
its document has, so what is in force is, for each name, the newest part of that name.
"""

import secrets
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from sqlalchemy import Connection, select

from sync.server import storage
from sync.server import tables as t
from sync.server.errors import Refused
from sync.server.region import Region
from sync.wire import canonical, config, document, entry, frame, messages, own
from sync.wire.errors import Malformed, WireError
from sync.wire.frame import MAX_FRAME_BYTES, Frame
from sync.wire.record import CHAIN_BYTES, SALT_BYTES, Part
from sync.wire.signature import Signer


def publish(region: Region, text: str, signer: Signer) -> Frame:
    """Sign a document (TOML) as the next configuration record. Raises Malformed for one that makes no parts.

    Whether a till can use it is not asked here: `sync.server.review` says that, and the command asks it first.
    """
    return publish_parts(region, document.contents(document.read(text)), signer)


def publish_parts(region: Region, contents: dict[str, dict[str, Any]], signer: Signer) -> Frame:
    """Sign contents, by part name, as the next configuration record. Raises Malformed when that is too much."""
    parts = [
        Part(name, secrets.token_bytes(SALT_BYTES), canonical.encode(content)) for name, content in contents.items()
    ]
    with storage.writing(region.engine) as db:
        # The ledger's lock first: two who publish at once would otherwise both follow the same record.
        storage.ledger_head(db, lock=True)
        newest = storage.newest_config(db, config.CONFIG_KIND)
        chain = secrets.token_bytes(CHAIN_BYTES) if newest is None else newest.header.chain
        made = config.next_record(config.CONFIG_KIND, chain, newest, parts, signer)
        if len(frame.encode(made)) > MAX_FRAME_BYTES:
            raise Malformed("the document is too long for one configuration")
        leaf, _ = region.ledger.append(db, lambda at_ms: [entry.encode_config(at_ms, made.record.hash)])
        storage.add_config(db, config.CONFIG_KIND, made, leaf)
    region.ledger.head()
    return made


def in_force(region: Region, names: Iterable[str]) -> dict[str, dict[str, Any]]:
    """The contents in force of those parts `names` that were ever published, by part name."""
    with storage.reading(region.engine) as db:
        found = {name: _newest_part(db, name) for name in names}
    return {name: canonical.decode_object(data) for name, data in found.items() if data is not None}


def clinics_with_own_prices(region: Region) -> frozenset[str]:
    """The clinics whose key for prices of their own is named in what is in force."""
    p = t.config_part.c
    with storage.reading(region.engine) as db:
        query = select(p.name).distinct().where(p.kind == config.CONFIG_KIND, p.name.startswith(config.clinic_part("")))
        names = list(db.scalars(query))
    found = in_force(region, names)
    return frozenset(name.removeprefix(config.clinic_part("")) for name in names if own.named_key(found[name]))


def publish_own(region: Region, clinic: str, raw: bytes, signer: Signer) -> Frame:
    """Pass on what a clinic has signed itself (`sync.wire.own`), as the next configuration record.

    Raises Malformed, BadSignature, and Refused when the region names no key for the clinic or the list is not newer.
    """
    where = config.own_part(clinic)
    found = in_force(region, [config.clinic_part(clinic), where])
    key = own.named_key(found.get(config.clinic_part(clinic), {}))
    if key is None:
        raise Refused(409, "no-own-key")
    content = canonical.decode_object(raw)
    listed = own.read(content, clinic, key)
    with suppress(WireError):  # Another key's list, or none: numbers begin anew.
        if own.read(found.get(where, {}), clinic, key).number >= listed.number:
            raise Refused(409, "not-newer")
    return publish_parts(region, {where: content}, signer)


def newest_seq(region: Region) -> int:
    """The number of the newest configuration record; 0 also when there is none."""
    with storage.reading(region.engine) as db:
        newest = storage.newest_config(db, config.CONFIG_KIND)
    return 0 if newest is None else newest.header.seq


def published_for(region: Region, clinic: str) -> bool:
    """Whether any configuration record carries the clinic's own part."""
    with storage.reading(region.engine) as db:
        return storage.has_config_part(db, config.CONFIG_KIND, config.clinic_part(clinic))


def delivered(region: Region, clinic: str, first: int) -> list[Frame]:
    """Configuration records from `first`, at most a hundred, with only the region's and this clinic's
    parts."""
    names = config.delivered_parts(clinic)
    with storage.reading(region.engine) as db:
        return storage.config_frames(db, config.CONFIG_KIND, first, messages.MAX_CONFIG_FRAMES, names)


def _newest_part(db: Connection, name: str) -> bytes | None:
    p = t.config_part.c
    query = select(p.data).where(p.kind == config.CONFIG_KIND, p.name == name).order_by(p.seq.desc()).limit(1)
    return db.scalars(query).first()
