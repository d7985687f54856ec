"""The signed configuration in force, as the rules read it: prices, fees, policy, people, and who we are.

Made from contents that `journal.configurations` has checked against the region's signature; this module only reads
them. A configuration that lacks something is refused whole, and the one before stays in force.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from typing import Any

from kassaapp.domain.catalogue import Article, Catalogue
from kassaapp.domain.errors import NotATestNumber
from kassaapp.domain.fees import FeeRules
from kassaapp.domain.patient_id import PatientId
from kassaapp.domain.people import Role, User
from kassaapp.domain.vat import VatRate
from kassaapp.trouble import BadConfiguration
from sync.wire import config, own
from sync.wire.config import REGION_PART, clinic_part, own_part, users_part
from sync.wire.errors import Malformed, WireError


@dataclass(frozen=True, slots=True)
class ClinicName:
    """What stands at the head of every receipt and report (R38, DOMAIN 1.3 a, 1.4 a–b)."""

    id: str
    name: str
    company: str
    organisation_number: str
    address: str
    exemption: str
    swish_number: str = ""


@dataclass(frozen=True, slots=True)
class TillName:
    """One till of the desk. `float_ore` is the float it starts its first session with. `accounts` are the accounts its
    SIE vouchers are made with, by what they are for (`export/accounts.py`); none until the clinic has said."""

    letter: str
    name: str
    float_ore: int
    document: str = "kvitto"
    accounts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Policy:
    """What the region has decided about the counter. Amounts in öre, times in seconds."""

    pin_attempts: int = 5
    lock_after_s: int = 300
    offline_warning_h: int = 72
    difference_second_person_over_ore: int = 50_000
    refund_approval_over_ore: int = 50_000
    invoice_fee_ore: int = 0
    denominations_ore: tuple[int, ...] = ()
    cashier_sees_other_days: bool = False
    stop_after_exemption: bool = False
    test_numbers_only: bool = False


@dataclass(frozen=True, slots=True)
class Configuration:
    """Everything the region has decided for this clinic. `number` is its seq in the configuration chain."""

    number: int
    region: str
    clinic: ClinicName
    register: str
    desk: str
    tills: Mapping[str, TillName]
    policy: Policy
    fees: FeeRules
    catalogue: Catalogue
    users: Mapping[str, User]
    support: str = ""
    exemption_until: date | None = None
    test_numbers: frozenset[str] = frozenset()

    def till(self, letter: str) -> TillName:
        """The till with that letter. Raises BadConfiguration."""
        if letter not in self.tills:
            raise BadConfiguration(f"tills.{letter}")
        return self.tills[letter]

    def check_test_number(self, patient: PatientId) -> None:
        """Raise NotATestNumber when this till is for tests only and the number is not a published one (R37)."""
        if self.policy.test_numbers_only and patient.reveal() not in self.test_numbers:
            raise NotATestNumber

    def user_name(self, user: str) -> str:
        """A person's name, or the id when the person is no longer in the configuration."""
        return self.users[user].name if user in self.users else user


Contents = Mapping[str, Mapping[str, Any]]
"""What is in force, by part name."""


def read(
    number: int, contents: Contents, clinic: str, *, own_before: Sequence[Mapping[str, Any]] = ()
) -> Configuration:
    """Read the contents in force for one clinic. `own_before`: every list of the clinic's own until now, so
    that an older one is not taken again. Raises BadConfiguration."""
    listed = _listed(contents)
    region = _Reader(listed, REGION_PART)
    local = _Reader(contents.get(clinic_part(clinic)), clinic_part(clinic))
    people = _Reader(contents.get(users_part(clinic), {"users": []}), users_part(clinic))
    head, register = local.table("clinic"), local.table("register")
    return Configuration(
        number=number,
        region=region.table("region").text("name"),
        clinic=ClinicName(
            id=head.text("id"),
            name=head.text("name"),
            company=head.text("company"),
            organisation_number=head.text("organisation_number"),
            address=head.text("address"),
            exemption=head.text("exemption"),
            swish_number=head.text("swish_number", ""),
        ),
        register=register.text("name"),
        desk=register.text("desk"),
        tills={letter: _till(letter, local.table("tills").table(letter)) for letter in local.table("tills").names()},
        policy=_policy(region.table("policy")),
        fees=_fees(region.table("fees")),
        catalogue=read_catalogue(contents, clinic, own_before=own_before),
        users=_users(people),
        support=region.table("region").text("support", ""),
        exemption_until=_exemption_until(head),
        test_numbers=frozenset(region.table("region").words("test_numbers"))
        if region.table("region").has("test_numbers")
        else frozenset(),
    )


def read_catalogue(contents: Contents, clinic: str, *, own_before: Sequence[Mapping[str, Any]] = ()) -> Catalogue:
    """The clinic's prices: the region's, and for the E till the clinic's own alone when it has a key for them.

    Raises BadConfiguration, also for two prices of one article on one day, for a list that the clinic's key did not
    sign, and for one that is older than one of `own_before`.
    """
    articles = [_article(row) for row in _Reader(_listed(contents) or {}, REGION_PART).rows("articles")]
    where = own_part(clinic)
    try:
        key = own.named_key(contents.get(clinic_part(clinic), {}))
        if key is not None:
            articles = [one for one in articles if one.till != own.TILL]
            articles += _own_articles(contents.get(where), clinic, key, own_before)
    except WireError:
        raise BadConfiguration(where) from None
    return _catalogue(articles)


def _own_articles(
    content: Mapping[str, Any] | None, clinic: str, key: bytes, before: Sequence[Mapping[str, Any]]
) -> list[Article]:
    """The clinic's own list; nothing until there is one. Raises WireError, BadConfiguration."""
    if content is None:
        return []
    listed = own.read(content, clinic, key)
    if any(_own_number(one, clinic, key) > listed.number for one in before):
        raise BadConfiguration(f"{own_part(clinic)}.number")
    return [_article(_Reader(row, own_part(clinic))) for row in listed.articles]


def _own_number(content: Mapping[str, Any], clinic: str, key: bytes) -> int:
    """The number of an earlier list; 0 for one that this key did not sign, which says nothing."""
    try:
        return own.read(content, clinic, key).number
    except WireError:
        return 0


def _catalogue(articles: list[Article]) -> Catalogue:
    in_order = sorted(articles, key=lambda one: (one.till, one.number, one.valid_from))
    for one, other in pairwise(in_order):
        if (one.till, one.number) == (other.till, other.number) and other.valid_from <= (one.valid_to or date.max):
            raise BadConfiguration(f"articles {one.number}")
    return Catalogue(tuple(articles))


def _listed(contents: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Any] | None:
    try:
        return config.joined(contents)
    except Malformed as missing:
        raise BadConfiguration(str(missing)) from None


class _Reader:
    """Reads one table strictly, so that a missing price is found at start and not at the counter."""

    def __init__(self, value: Any, where: str) -> None:
        if not isinstance(value, Mapping):
            raise BadConfiguration(where)
        self._value = value
        self._where = where

    def names(self) -> list[str]:
        return list(self._value)

    def has(self, name: str) -> bool:
        return name in self._value

    def table(self, name: str) -> "_Reader":
        return _Reader(self._value.get(name), f"{self._where}.{name}")

    def rows(self, name: str) -> list["_Reader"]:
        value = self._value.get(name)
        if not isinstance(value, list):
            raise BadConfiguration(f"{self._where}.{name}")
        return [_Reader(row, f"{self._where}.{name}[{index}]") for index, row in enumerate(value)]

    def text(self, name: str, default: str | None = None) -> str:
        value = self._value.get(name, default)
        if not isinstance(value, str):
            raise BadConfiguration(f"{self._where}.{name}")
        return value

    def whole(self, name: str, default: int | None = None) -> int:
        value = self._value.get(name, default)
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise BadConfiguration(f"{self._where}.{name}")
        return value

    def whole_or_none(self, name: str) -> int | None:
        return self.whole(name) if self.has(name) else None

    def truth(self, name: str) -> bool:
        value = self._value.get(name, False)
        if not isinstance(value, bool):
            raise BadConfiguration(f"{self._where}.{name}")
        return value

    def wholes(self, name: str) -> tuple[int, ...]:
        value = self._value.get(name, [])
        if not isinstance(value, list) or not all(type(item) is int and item > 0 for item in value):
            raise BadConfiguration(f"{self._where}.{name}")
        return tuple(value)

    def words(self, name: str) -> list[str]:
        value = self._value.get(name)
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise BadConfiguration(f"{self._where}.{name}")
        return value

    def day(self, name: str) -> date:
        try:
            return date.fromisoformat(self.text(name))
        except ValueError:
            raise BadConfiguration(f"{self._where}.{name}") from None


def _till(letter: str, row: _Reader) -> TillName:
    accounts = row.table("accounts") if row.has("accounts") else _Reader({}, "accounts")
    return TillName(
        letter,
        row.text("name"),
        row.whole("float_ore"),
        row.text("document", "kvitto"),
        {name: accounts.whole(name) for name in accounts.names()},
    )


def _policy(row: _Reader) -> Policy:
    usual = Policy()
    return Policy(
        pin_attempts=row.whole("pin_attempts", usual.pin_attempts),
        lock_after_s=row.whole("lock_after_s", usual.lock_after_s),
        offline_warning_h=row.whole("offline_warning_h", usual.offline_warning_h),
        difference_second_person_over_ore=row.whole(
            "difference_second_person_over_ore", usual.difference_second_person_over_ore
        ),
        refund_approval_over_ore=row.whole("refund_approval_over_ore", usual.refund_approval_over_ore),
        invoice_fee_ore=row.whole("invoice_fee_ore", usual.invoice_fee_ore),
        denominations_ore=row.wholes("denominations_ore"),
        cashier_sees_other_days=row.truth("cashier_sees_other_days"),
        stop_after_exemption=row.truth("stop_after_exemption"),
        test_numbers_only=row.truth("test_numbers_only"),
    )


def _exemption_until(row: _Reader) -> date | None:
    """The exemption's last day: a field of its own, or the date at the end of its text."""
    if row.has("exemption_until"):
        return row.day("exemption_until")
    dates = re.findall(r"\d{4}-\d{2}-\d{2}", row.text("exemption"))
    try:
        return date.fromisoformat(dates[-1]) if dates else None
    except ValueError:
        return None


def _fees(row: _Reader) -> FeeRules:
    return FeeRules(
        free_under_age=row.whole("free_under_age"),
        free_from_age=row.whole("free_from_age"),
        frikort_ceiling_ore=row.whole("frikort_ceiling_ore"),
        window_months=_months(row),
    )


def _months(row: _Reader) -> int:
    months = row.whole("window_months", 12)
    if not 1 <= months <= 120:
        raise BadConfiguration("region.fees.window_months")
    return months


def _article(row: _Reader) -> Article:
    try:
        vat = VatRate(row.text("vat"))
    except ValueError:
        raise BadConfiguration("articles.vat") from None
    return Article(
        till=row.text("till"),
        number=row.whole("number"),
        text=row.text("text"),
        price_ore=row.whole("price_ore"),
        vat=vat,
        valid_from=row.day("valid_from"),
        valid_to=row.day("valid_to") if row.has("valid_to") else None,
        counts_to_frikort=row.truth("counts_to_frikort"),
        age_exempt=row.truth("age_exempt"),
        free_visit=row.truth("free_visit"),
        missed_visit=row.truth("missed_visit"),
        asylum_ore=row.whole_or_none("asylum_ore"),
        full_cost_ore=row.whole_or_none("full_cost_ore"),
        minimum_ore=row.whole_or_none("minimum_ore"),
        group=row.text("group") if row.has("group") else None,
        goods=row.truth("goods"),
        no_invoice=row.truth("no_invoice"),
    )


def _users(people: _Reader) -> dict[str, User]:
    users = [_user(row) for row in people.rows("users")]
    by_id = {user.id: user for user in users}
    if len(by_id) != len(users):
        raise BadConfiguration("users")
    return by_id


def _user(row: _Reader) -> User:
    try:
        roles = frozenset(Role(word) for word in row.words("roles"))
    except ValueError:
        raise BadConfiguration("users.roles") from None
    if not row.text("verifier").isascii():
        raise BadConfiguration("users.verifier")
    return User(row.text("id"), row.text("name"), roles, row.text("verifier"))
