"""What is known of a document before it is signed: what it changes, and what it would have done to the last sales."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from nacl import exceptions, pwhash

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
    said = document.read(text)
    contents = document.contents(said)
    before = configuration.in_force(region, changes.names_of(contents))
    _keep_verifiers(said, before, contents)
    changed = changes.changes(before, contents)
    if days == 0 or REGION_PART not in contents:
        return Outlook(contents, changed, None)
    on = changes.first_day(before, contents, datetime.fromtimestamp(region.clock() / 1000, UTC).date())
    listed = config.joined(contents) or {}
    prices = PriceList(listed.get("articles", []), on, listed.get("policy", {}).get("invoice_fee_ore", 0))
    own = configuration.clinics_with_own_prices(region)
    return Outlook(contents, changed, dry_run.run(region, prices, on=on, days=days, own=own))


def _keep_verifiers(
    said: dict[str, Any], before: dict[str, dict[str, Any]], contents: dict[str, dict[str, Any]]
) -> None:
    """Whoever has the same PIN as before keeps the verifier that is in force: another one of the same PIN would look
    like another PIN, and a document that changes nothing like one that changes everybody."""
    pins = {person["id"]: str(person["pin"]) for person in said.get("users", []) if {"id", "pin"} <= person.keys()}
    for name, content in contents.items():
        in_force = {one["id"]: one["verifier"] for one in before.get(name, {}).get("users", [])}
        for person in content.get("users", []):
            user = person.get("id")
            if user in pins and user in in_force and _is_pin(in_force[user], pins[user]):
                person["verifier"] = in_force[user]


def _is_pin(verifier: str, pin: str) -> bool:
    try:
        return pwhash.verify(verifier.encode("ascii"), pin.encode())
    except (exceptions.InvalidkeyError, exceptions.ValueError):
        return False
