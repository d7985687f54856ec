"""Chains know what they succeed and when they were closed; lengths are checked; what grows is partitioned by chain."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from sync.server.migrations.columns import BYTES, NUMBER, SMALL, key, length, perhaps, value, words
from sync.server.migrations.rebuild import rebuild

revision = "0002"
down_revision = "0001"

_SIXTEEN: dict[str, Any] = {
    "info": {"partitions": 16},
    "postgresql_partition_by": "HASH (chain)",
    "sqlite_with_rowid": False,
}


def upgrade() -> None:
    """Rebuild every table that has a check, and make the index that went with `chain`."""
    op.drop_index("chain_by_register", "chain")
    for table in (_chain(), *_by_chain(), *_configuration(), *_ledger(), _code()):
        rebuild(table)
    op.create_index("chain_by_register", "chain", ["clinic", "register", "till"])


def _table(name: str, *parts: sa.schema.SchemaItem, **options: Any) -> sa.Table:
    return sa.Table(name, sa.MetaData(), *parts, **{"sqlite_with_rowid": False, **options})


def _chain() -> sa.Table:
    return _table(
        "chain",
        key("chain", BYTES),
        value("clinic", words(64)),
        value("register", words(64)),
        value("till", words(16)),
        value("public_key", BYTES),
        value("enrolment", BYTES),
        value("leaf", NUMBER),
        value("next_seq", NUMBER),
        value("head", BYTES),
        value("verified_seq", NUMBER),
        perhaps("contact_ms", NUMBER),
        perhaps("parent", BYTES),
        perhaps("closed_ms", NUMBER),
        length("chain", "chain", 16),
        length("chain", "public_key", 32),
        length("chain", "enrolment", 32),
        length("chain", "head", 32),
        sa.CheckConstraint("next_seq >= 0 AND verified_seq <= next_seq", name="chain_numbers"),
    )


def _by_chain() -> list[sa.Table]:
    record = _table(
        "record",
        key("chain", BYTES),
        key("seq", NUMBER),
        value("hash", BYTES),
        value("env", BYTES),
        value("leaf", NUMBER),
        length("record", "chain", 16),
        length("record", "hash", 32),
        sa.CheckConstraint("seq >= 0", name="record_numbers"),
        **_SIXTEEN,
    )
    part = _table(
        "part",
        key("chain", BYTES),
        key("seq", NUMBER),
        key("name", words(64)),
        value("salt", BYTES),
        value("data", BYTES),
        length("part", "chain", 16),
        length("part", "salt", 32),
        **_SIXTEEN,
    )
    return [record, part, *_doubts()]


def _doubts() -> list[sa.Table]:
    quarantine = _table(
        "quarantine",
        key("chain", BYTES),
        key("seq", NUMBER),
        key("hash", BYTES),
        value("frame", BYTES),
        value("why", words(32)),
        value("at_ms", NUMBER),
        length("quarantine", "chain", 16),
        length("quarantine", "hash", 32),
        **_SIXTEEN,
    )
    flag = _table(
        "flag",
        key("chain", BYTES),
        key("seq", NUMBER),
        key("why", words(32)),
        value("at_ms", NUMBER),
        length("flag", "chain", 16),
        **_SIXTEEN,
    )
    return [quarantine, flag]


def _configuration() -> list[sa.Table]:
    config = _table(
        "config",
        key("kind", words(16)),
        key("seq", NUMBER),
        value("hash", BYTES),
        value("env", BYTES),
        perhaps("leaf", NUMBER),
        length("config", "hash", 32),
    )
    config_part = _table(
        "config_part",
        key("kind", words(16)),
        key("seq", NUMBER),
        key("name", words(64)),
        value("salt", BYTES),
        value("data", BYTES),
        length("config_part", "salt", 32),
    )
    return [config, config_part]


def _ledger() -> list[sa.Table]:
    node = _table("node", key("lvl", SMALL), key("idx", NUMBER), value("hash", BYTES), length("node", "hash", 32))
    ledger = _table(
        "ledger",
        key("one", SMALL),
        value("size", NUMBER),
        value("at_ms", NUMBER),
        sa.CheckConstraint("one = 1 AND size >= 0", name="ledger_one_row"),
        sqlite_with_rowid=True,
    )
    return [node, ledger]


def _code() -> sa.Table:
    return _table(
        "code",
        key("selector", words(8)),
        value("hash", BYTES),
        value("clinic", words(64)),
        value("register", words(64)),
        value("expires_ms", NUMBER),
        value("tries_left", SMALL),
        length("code", "hash", 32),
        sqlite_with_rowid=True,
    )
