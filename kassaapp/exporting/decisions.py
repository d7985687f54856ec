"""What the region has decided for a till, from one decision to the next: prices, settings, users (BFL 5:11, R07).

Each table has the number of the configuration that brought the row. It came into force when the till took it, which is
a row of its own in the table of what was done. What opens a PIN is in none of them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict

from kassaapp.configuration import Configuration
from kassaapp.domain.catalogue import Article
from kassaapp.domain.money import KRONA
from kassaapp.wording.words import role

PRICES = (
    "Prislista",
    "Ändring",
    "Kassa",
    "Artikel",
    "Text",
    "Pris",
    "Moms",
    "Gäller från",
    "Gäller till",
    "Huvudgrupp",
)
SETTINGS = ("Prislista", "Inställning", "Före", "Efter")
USERS = ("Prislista", "Ändring", "Användare", "Namn", "Roller")


def prices(before: Configuration | None, now: Configuration) -> Iterator[tuple[str, ...]]:
    """The articles that came and went."""
    old = set() if before is None else {_article(one) for one in before.catalogue.articles}
    new = {_article(one) for one in now.catalogue.articles}
    yield from _changes(now.number, old, new)


def users(before: Configuration | None, now: Configuration) -> Iterator[tuple[str, ...]]:
    """The people who came, went, or got other roles."""
    yield from _changes(now.number, set() if before is None else _people(before), _people(now))


def _people(settings: Configuration) -> set[tuple[str, ...]]:
    return {(one.id, one.name, ", ".join(sorted(map(role, one.roles)))) for one in settings.users.values()}


def _changes(number: int, old: set[tuple[str, ...]], new: set[tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
    for what, rows in (("borttagen", old - new), ("ny", new - old)):
        for row in sorted(rows):
            yield (str(number), what, *row)


def settings(before: Configuration | None, now: Configuration) -> Iterator[tuple[str, ...]]:
    """Every other setting that was changed."""
    old = {} if before is None else _settings(before)
    new = _settings(now)
    for name in sorted(old.keys() | new.keys()):
        if old.get(name) != new.get(name):
            yield str(now.number), name, old.get(name, ""), new.get(name, "")


def _settings(one: Configuration) -> dict[str, str]:
    made: dict[str, str] = {}
    tables: Mapping[str, object] = {
        "clinic": asdict(one.clinic),
        "policy": asdict(one.policy),
        "fees": asdict(one.fees),
        "tills": {letter: asdict(till) for letter, till in one.tills.items()},
        "register": one.register,
        "exemption_until": one.exemption_until,
    }
    _flatten("", tables, made)
    return made


def _flatten(name: str, value: object, made: dict[str, str]) -> None:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            _flatten(f"{name}.{key}" if name else str(key), inner, made)
    else:
        made[name] = "" if value is None else str(value)


def _article(one: Article) -> tuple[str, ...]:
    return (
        one.till,
        str(one.number),
        one.text,
        f"{one.price_ore // KRONA},{one.price_ore % KRONA:02}",
        f"{one.vat.percent} %",
        str(one.valid_from),
        str(one.valid_to or ""),
        one.group or "",
    )
