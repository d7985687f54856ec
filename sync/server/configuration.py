"""Prices, users and texts: published as the next record of a signed chain, and handed out by clinic.

Every configuration record is a leaf of the ledger: there can be no secret price list. A record carries the parts that
its document has, so what is in force is, for each name, the newest part of that name.
"""

import secrets

from sync.server import storage
from sync.server.region import Region
from sync.wire import canonical, config, document, entry, messages
from sync.wire.frame import Frame
from sync.wire.record import CHAIN_BYTES, SALT_BYTES, Part
from sync.wire.signature import Signer


def publish(region: Region, text: str, signer: Signer) -> Frame:
    """Sign a document (TOML) as the next configuration record. Raises Malformed for one that makes no parts.

    Whether a till can use it is not asked here: `sync.server.review` says that, and the command asks it first.
    """
    contents = document.contents(document.read(text))
    parts = [
        Part(name, secrets.token_bytes(SALT_BYTES), canonical.encode(content)) for name, content in contents.items()
    ]
    with storage.writing(region.engine) as db:
        # The ledger's lock first: two who publish at once would otherwise both follow the same record.
        storage.ledger_head(db, lock=True)
        newest = storage.newest_config(db, config.CONFIG_KIND)
        chain = secrets.token_bytes(CHAIN_BYTES) if newest is None else newest.header.chain
        made = config.next_record(config.CONFIG_KIND, chain, newest, parts, signer)
        leaf, _ = region.ledger.append(db, lambda at_ms: [entry.encode_config(at_ms, made.record.hash)])
        storage.add_config(db, config.CONFIG_KIND, made, leaf)
    region.ledger.head()
    return made


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
    """Configuration records from `first`, at most a hundred, with only the region's and this clinic's parts."""
    names = [config.REGION_PART, config.clinic_part(clinic), config.users_part(clinic)]
    with storage.reading(region.engine) as db:
        return storage.config_frames(db, config.CONFIG_KIND, first, messages.MAX_CONFIG_FRAMES, names)
