"""What is known of a document before it is signed: what it changes, and what it would have done to the last sales."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sync.server import changes, configuration, dry_run
from sync.server.dry_run import Effect, PriceList
from sync.server.region import Region
from sync.wire import config, document
from sync.wire.config import REGION_PART


@dataclass(frozen=True, slots=True)
class Outlook:
    """`contents` are the parts that would be signed; `effect` is None for a document without prices."""

    contents: dict[str, dict[str, Any]]
    changes: list[str]
    effect: Effect | None


def outlook(region: Region, text: str, days: int) -> Outlook:
    """Compare a document with what is in force, and try it on the sales of the last `days` days (0: not at all).

    The sales are priced as on the day when all that the document brings applies. Raises Malformed.
    """
    contents = document.contents(document.read(text))
    before = configuration.in_force(region, changes.names_of(contents))
    changed = changes.changes(before, contents)
    if days == 0 or REGION_PART not in contents:
        return Outlook(contents, changed, None)
    on = changes.first_day(before, contents, datetime.fromtimestamp(region.clock() / 1000, UTC).date())
    listed = config.joined(contents) or {}
    prices = PriceList(listed.get("articles", []), on, listed.get("policy", {}).get("invoice_fee_ore", 0))
    own = configuration.clinics_with_own_prices(region)
    return Outlook(contents, changed, dry_run.run(region, prices, on=on, days=days, own=own))
