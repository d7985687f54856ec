"""What a document changes against the configuration in force, one line for each change; a PIN is never shown."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from sync.wire import config
from sync.wire.config import ARTICLES_PART, REGION_PART

Table = Mapping[str, Any]
Contents = Mapping[str, Table]


def changes(before: Contents, after: Contents) -> list[str]:
    """Each change, by part: "+" is new, "-" is gone, "~" is another than before.

    `before` are the contents in force (`configuration.in_force`), `after` those of the document; a part that the
    document does not have stays as it is and is not compared. Raises Malformed for contents that lack articles.
    """
    lines: list[str] = []
    for name in sorted(after):
        if not name.startswith(ARTICLES_PART):
            was, will = (_content(contents, name) for contents in (before, after))
            lines += _articles(was.get("articles", []), will.get("articles", []))
            lines += _people(was.get("users", []), will.get("users", []))
            lines += _values(name, _rest(was), _rest(will))
    return lines


def names_of(after: Contents) -> set[str]:
    """The parts that must be known to compare: an old list may lie in more parts than the new."""
    every = (f"{ARTICLES_PART}{number}" for number in range(1, config.MAX_ARTICLE_PARTS + 1))
    return {*after, *(every if REGION_PART in after else ())}


def _content(contents: Contents, name: str) -> Table:
    return (config.joined(contents) or {}) if name == REGION_PART else contents.get(name, {})


def _rest(content: Table) -> dict[str, Any]:
    """What is compared value by value: all but lists of articles and people, and but a signature."""
    return {name: value for name, value in content.items() if name not in ("articles", "users", "sig")}


# ── Articles ─────────────────────────────────────────────────────────────────────────────────────


def _articles(before: Sequence[Table], after: Sequence[Table]) -> Iterator[str]:
    was, will = _by_period(before), _by_period(after)
    for key in sorted({*was, *will}):
        till, number, first = key
        one, other = was.get(key), will.get(key)
        if one is None and other is not None:
            yield f"+ article {till} {number} {other['text']}: {_price(other)}"
        elif other is None and one is not None:
            yield f"- article {till} {number} {one['text']}: {_price(one)}"
        elif one is not None and other is not None:
            for field, said in _differing(one, other):
                yield f"~ article {till} {number} {other['text']} from {first}: {field} {said}"


def _by_period(articles: Sequence[Table]) -> dict[tuple[str, int, str], Table]:
    return {(one["till"], one["number"], one["valid_from"]): one for one in articles}


def _price(one: Table) -> str:
    until = f" until {one['valid_to']}" if "valid_to" in one else ""
    return f"{kronor(one['price_ore'])} from {one['valid_from']}{until}"


def _differing(one: Table, other: Table) -> Iterator[tuple[str, str]]:
    for field in sorted({*one, *other}):
        was, will = one.get(field), other.get(field)
        if was != will:
            yield field, f"{_shown(field, was)} → {_shown(field, will)}"


# ── People and all else ──────────────────────────────────────────────────────────────────────────


def _people(before: Sequence[Table], after: Sequence[Table]) -> Iterator[str]:
    was, will = ({one["id"]: one for one in people} for people in (before, after))
    for user in sorted({*was, *will}):
        if user not in was:
            yield f"+ user {user} {will[user]['name']}: {', '.join(will[user]['roles'])}"
        elif user not in will:
            yield f"- user {user} {was[user]['name']}"
        else:
            for field, said in _differing(was[user], will[user]):
                what = "another PIN" if field == "verifier" else f"{field} {said}"
                yield f"~ user {user} {will[user]['name']}: {what}"


def _values(where: str, before: Table, after: Table) -> Iterator[str]:
    was, will = dict(_flat(before, "")), dict(_flat(after, ""))
    for name in sorted({*was, *will}):
        if was.get(name) != will.get(name):
            yield f"~ {where} {name}: {_shown(name, was.get(name))} → {_shown(name, will.get(name))}"


def _flat(value: Table, before: str) -> Iterator[tuple[str, Any]]:
    for name, inner in value.items():
        if isinstance(inner, Mapping):
            yield from _flat(inner, f"{before}{name}.")
        else:
            yield f"{before}{name}", inner


def _shown(field: str, value: Any) -> str:
    if value is None:
        return "nothing"
    if field.endswith("_ore") and type(value) is int:
        return kronor(value)
    return str(value)


def kronor(amount_ore: int) -> str:
    """An amount in öre as it is read, with a point: 20000 → 200.00."""
    sign, whole = ("-" if amount_ore < 0 else ""), abs(amount_ore)
    return f"{sign}{whole // 100}.{whole % 100:02d}"


def first_day(before: Contents, after: Contents, today: date) -> date:
    """The day from which all prices that the document brings and the list in force lacks apply: `today` or later."""
    lists = [(config.joined(contents) or {}).get("articles", []) for contents in (before, after)]
    known = [dict(one) for one in lists[0]]
    coming = [date.fromisoformat(one["valid_from"]) for one in lists[1] if dict(one) not in known]
    return max([today, *coming])
