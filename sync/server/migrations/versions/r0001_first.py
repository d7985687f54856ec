"""The tables of the first regions, which were made before databases had a version."""

from alembic import op

from sync.server.migrations.columns import BYTES, NUMBER, SMALL, key, perhaps, value, words

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make them."""
    _registers()
    _configuration()
    _ledger()
    _codes()
    _doubts()


def _registers() -> None:
    op.create_table(
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
        sqlite_with_rowid=False,
    )
    op.create_index("chain_by_register", "chain", ["clinic", "register", "till"])
    op.create_table(
        "record",
        key("chain", BYTES),
        key("seq", NUMBER),
        value("hash", BYTES),
        value("env", BYTES),
        value("leaf", NUMBER),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "part",
        key("chain", BYTES),
        key("seq", NUMBER),
        key("name", words(64)),
        value("salt", BYTES),
        value("data", BYTES),
        sqlite_with_rowid=False,
    )


def _configuration() -> None:
    op.create_table(
        "config",
        key("kind", words(16)),
        key("seq", NUMBER),
        value("hash", BYTES),
        value("env", BYTES),
        perhaps("leaf", NUMBER),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "config_part",
        key("kind", words(16)),
        key("seq", NUMBER),
        key("name", words(64)),
        value("salt", BYTES),
        value("data", BYTES),
        sqlite_with_rowid=False,
    )


def _ledger() -> None:
    op.create_table("leaf", key("idx", NUMBER), value("entry", BYTES), sqlite_with_rowid=False)
    node = (key("lvl", SMALL), key("idx", NUMBER), value("hash", BYTES))
    op.create_table("node", *node, sqlite_with_rowid=False)
    op.create_table("ledger", key("one", SMALL), value("size", NUMBER), value("at_ms", NUMBER))
    op.execute("INSERT INTO ledger (one, size, at_ms) VALUES (1, 0, 0)")


def _codes() -> None:
    op.create_table(
        "code",
        key("selector", words(8)),
        value("hash", BYTES),
        value("clinic", words(64)),
        value("register", words(64)),
        value("expires_ms", NUMBER),
        value("tries_left", SMALL),
    )
    op.create_table(
        "code_till",
        key("selector", words(8)),
        key("till", words(16)),
        perhaps("parent", BYTES),
        perhaps("chain", BYTES),
    )


def _doubts() -> None:
    op.create_table(
        "quarantine",
        key("chain", BYTES),
        key("seq", NUMBER),
        key("hash", BYTES),
        value("frame", BYTES),
        value("why", words(32)),
        value("at_ms", NUMBER),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "flag",
        key("chain", BYTES),
        key("seq", NUMBER),
        key("why", words(32)),
        value("at_ms", NUMBER),
        sqlite_with_rowid=False,
    )
