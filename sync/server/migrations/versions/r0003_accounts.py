"""Rights to money a conto that were moved, and who asked about another desk's receipt."""

import sqlalchemy as sa
from alembic import op

from sync.server.migrations.columns import BYTES, NUMBER, key, length, value, words

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make both tables."""
    op.create_table(
        "transfer",
        key("id", BYTES),
        value("account", BYTES),
        value("chain", BYTES),
        value("kind", words(16)),
        value("amount_ore", NUMBER),
        value("at_ms", NUMBER),
        length("transfer", "id", 16),
        length("transfer", "account", 32),
        length("transfer", "chain", 16),
        sa.CheckConstraint("amount_ore > 0", name="transfer_amount"),
        sqlite_with_rowid=False,
    )
    op.create_index("transfer_by_account", "transfer", ["account"])
    op.create_table(
        "access",
        key("id", BYTES),
        value("at_ms", NUMBER),
        value("chain", BYTES),
        value("what", words(16)),
        value("about", words(128)),
        length("access", "id", 16),
        length("access", "chain", 16),
        sqlite_with_rowid=False,
    )
