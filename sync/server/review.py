"""Says what a till could not use in a document before the region signs it: every finding, each with its place.

The till refuses a configuration that lacks something and keeps the one before; the price administrator would learn it
from the counters. So the same demands are put here, to the document as it is written. A document about one part only is
whole when that part is: a part is published whole, and replaces the one before.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from itertools import combinations
from typing import Any

from sync.wire import document
from sync.wire.canonical import from_text
from sync.wire.entry import TILLS, check_clinic, check_register
from sync.wire.errors import Malformed
from sync.wire.signature import KEY_BYTES

VAT_RATES = ("exempt", "6", "12", "25")
ROLES = ("cashier", "supervisor", "auditor")
_CLINIC_TEXTS = ("name", "company", "organisation_number", "address", "exemption")
_FEES = ("free_under_age", "free_from_age", "frikort_ceiling_ore")
_AMOUNTS = ("asylum_ore", "full_cost_ore", "minimum_ore")
_TRUTHS = ("counts_to_frikort", "age_exempt", "free_visit", "missed_visit", "goods", "no_invoice")
_POLICY_TRUTHS = ("cashier_sees_other_days", "stop_after_exemption", "test_numbers_only")
_POLICY_WHOLES = (
    "pin_attempts",
    "lock_after_s",
    "offline_warning_h",
    "difference_second_person_over_ore",
    "difference_reason_over_ore",
    "refund_approval_over_ore",
    "invoice_fee_ore",
)
_MOST_MONTHS = 120
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_PIN = re.compile(r"[0-9]{4,}")
_VERIFIER = re.compile(r"\$argon2id\$[!-~]+")

Table = dict[str, Any]
Findings = Iterator[str]


def findings(written: Table) -> list[str]:
    """What is wrong with a document (`document.read`), each as "place: what it must be". Empty: it may be signed."""
    found: list[str] = []
    if document.about_region(written):
        found += _region(written)
    if document.about_clinic(written):
        found += _clinic(written)
    if "users" in written:
        found += _users(written)
    return found


def of_articles(articles: object) -> list[str]:
    """What is wrong with a list of articles alone, such as a clinic's own."""
    return list(_articles(articles))


# ── The region's part ────────────────────────────────────────────────────────────────────────────


def _region(written: Table) -> Findings:
    region = _table(written, "region")
    yield from _texts(region, "region", ["name"])
    yield from _optional(region, "region", ["support"], _is_text, "must be text")
    yield from _optional(region, "region", ["test_numbers"], _is_texts, "must be a list of texts")
    yield from _present(written, "policy")
    policy = _table(written, "policy")
    yield from _optional(policy, "policy", _POLICY_WHOLES, _is_whole, "must be whole and not negative")
    yield from _optional(policy, "policy", _POLICY_TRUTHS, _is_truth, "must be true or false")
    yield from _optional(policy, "policy", ["denominations_ore"], _is_coins, "must be a list of whole amounts over 0")
    yield from _fees(_table(written, "fees"))
    yield from _articles(written.get("articles"))
    texts = _table(written, "texts")
    yield from _texts(texts, "texts", list(texts))


def _fees(fees: Table) -> Findings:
    yield from _needed(fees, "fees", _FEES, _is_whole, "must be whole and not negative")
    months = fees.get("window_months", 12)
    if not _is_whole(months) or not 1 <= months <= _MOST_MONTHS:
        yield f"fees.window_months: must be a whole number from 1 to {_MOST_MONTHS}"


def _articles(articles: object) -> Findings:
    if not isinstance(articles, list) or not all(isinstance(one, dict) for one in articles):
        yield "articles: must be a list of tables"
        return
    for index, one in enumerate(articles):
        yield from _article(one, f"articles[{index}]")
    for same in _by_article(articles):
        for (index, one), (other_index, other) in combinations(same, 2):
            if _overlap(one, other):
                yield f"articles[{other_index}]: has a price on the same day as articles[{index}], the same article"


def _article(one: Table, where: str) -> Findings:
    yield from _needed(one, where, ["till"], _is_till, "must be H or E")
    yield from _needed(one, where, ["number", "price_ore"], _is_whole, "must be whole and not negative")
    yield from _texts(one, where, ["text"])
    yield from _needed(one, where, ["vat"], _is_vat, f"must be one of {', '.join(VAT_RATES)}, as text")
    yield from _needed(one, where, ["valid_from"], _is_day, 'must be a day, as text: "2027-01-01"')
    yield from _optional(one, where, ["valid_to"], _is_day, 'must be a day, as text: "2027-01-01"')
    yield from _optional(one, where, _AMOUNTS, _is_whole, "must be whole and not negative")
    yield from _optional(one, where, _TRUTHS, _is_truth, "must be true or false")
    yield from _optional(one, where, ["group"], _is_text, "must be text")
    days = _days(one)
    if days is not None and days[0] > days[1]:
        yield f"{where}.valid_to: is before valid_from"


def _by_article(articles: list[Table]) -> Iterable[list[tuple[int, Table]]]:
    """The articles with their places, those of one article together: a region has thousands."""
    found: dict[str, list[tuple[int, Table]]] = {}
    for index, one in enumerate(articles):
        found.setdefault(repr((one.get("till"), one.get("number"))), []).append((index, one))
    return found.values()


def _overlap(one: Table, other: Table) -> bool:
    mine, its = _days(one), _days(other)
    return mine is not None and its is not None and mine[0] <= its[1] and its[0] <= mine[1]


def _days(one: Table) -> tuple[date, date] | None:
    """The first and the last day of a price; None when either is no day."""
    first, last = one.get("valid_from"), one.get("valid_to", date.max.isoformat())
    if not (_is_day(first) and _is_day(last)):
        return None
    return date.fromisoformat(str(first)), date.fromisoformat(str(last))


# ── A clinic's parts ─────────────────────────────────────────────────────────────────────────────


def _clinic(written: Table) -> Findings:
    clinic, register, tills = (_table(written, name) for name in ("clinic", "register", "tills"))
    yield from _clinic_id(clinic)
    yield from _texts(clinic, "clinic", _CLINIC_TEXTS)
    yield from _optional(clinic, "clinic", ["swish_number"], _is_text, "must be text")
    yield from _optional(clinic, "clinic", ["own_key"], _is_key, "must be a public key, in base64url")
    yield from _optional(clinic, "clinic", ["exemption_until"], _is_day, 'must be a day, as text: "2027-01-01"')
    yield from _texts(register, "register", ["desk"])
    yield from _checked(check_register, register.get("name"), "register.name")
    if not tills:
        yield "tills: must have a table for each till"
    for letter in tills:
        yield from _till(letter, tills)


def _till(letter: str, tills: Table) -> Findings:
    where, till = f"tills.{letter}", _table(tills, letter)
    if not _is_till(letter):
        yield f"{where}: a till is H or E"
    yield from _texts(till, where, ["name"])
    yield from _needed(till, where, ["float_ore"], _is_whole, "must be whole and not negative")
    yield from _optional(till, where, ["document"], _is_text, "must be text")
    yield from _optional(till, where, ["accounts"], _is_table, "must be a table of account numbers")
    accounts = _table(till, "accounts")
    yield from _optional(accounts, f"{where}.accounts", list(accounts), _is_whole, "must be a whole account number")


def _clinic_id(clinic: Table) -> Findings:
    yield from _checked(check_clinic, clinic.get("id"), "clinic.id")


def _users(written: Table) -> Findings:
    if not document.about_clinic(written):
        yield from _clinic_id(_table(written, "clinic"))
    users = written["users"]
    if not isinstance(users, list) or not all(isinstance(one, dict) for one in users):
        yield "users: must be a list of tables"
        return
    taken: list[object] = []
    for index, one in enumerate(users):
        yield from _user(one, f"users[{index}]")
        if one.get("id") in taken:
            yield f"users[{index}].id: is another user's too"
        taken.append(one.get("id", one))


def _user(one: Table, where: str) -> Findings:
    yield from _texts(one, where, ["id", "name"])
    yield from _needed(one, where, ["roles"], _is_roles, f"must be a list of {', '.join(ROLES)}")
    if "pin" in one:
        yield from _needed(one, where, ["pin"], _is_pin, "must be at least 4 digits, as text")
    else:
        yield from _needed(one, where, ["verifier"], _is_verifier, "must be an Argon2id verifier when there is no pin")


# ── Plain checks ─────────────────────────────────────────────────────────────────────────────────


def _table(of: Table, name: str) -> Table:
    """The table of that name; an empty one when there is none, so that what it lacks is found."""
    value = of.get(name)
    return value if isinstance(value, dict) else {}


def _present(of: Table, name: str) -> Findings:
    if not isinstance(of.get(name), dict):
        yield f"{name}: must be a table"


def _needed(
    of: Table, where: str, names: list[str] | tuple[str, ...], good: Callable[[Any], bool], says: str
) -> Findings:
    for name in names:
        if not good(of.get(name)):
            yield f"{where}.{name}: {says}"


def _optional(
    of: Table, where: str, names: list[str] | tuple[str, ...], good: Callable[[Any], bool], says: str
) -> Findings:
    yield from _needed(of, where, [name for name in names if name in of], good, says)


def _texts(of: Table, where: str, names: list[str] | tuple[str, ...]) -> Findings:
    yield from _needed(of, where, names, _is_filled, "must be text, and not empty")


def _checked(check: Callable[[object], str], value: object, where: str) -> Findings:
    try:
        check(value)
    except Malformed as rule:
        yield f"{where}: {rule}"


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_filled(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _is_whole(value: object) -> bool:
    return type(value) is int and value >= 0


def _is_table(value: object) -> bool:
    return isinstance(value, dict)


def _is_coins(value: object) -> bool:
    return isinstance(value, list) and all(type(item) is int and item > 0 for item in value)


def _is_truth(value: object) -> bool:
    return isinstance(value, bool)


def _is_till(value: object) -> bool:
    return isinstance(value, str) and value in TILLS


def _is_key(value: object) -> bool:
    try:
        return len(from_text(value, KEY_BYTES)) == KEY_BYTES
    except Malformed:
        return False


def _is_vat(value: object) -> bool:
    return isinstance(value, str) and value in VAT_RATES


def _is_roles(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, str) and one in ROLES for one in value)


def _is_pin(value: object) -> bool:
    return isinstance(value, str) and _PIN.fullmatch(value) is not None


def _is_verifier(value: object) -> bool:
    return isinstance(value, str) and _VERIFIER.fullmatch(value) is not None


def _is_day(value: object) -> bool:
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True
