"""A configuration is read whole or refused with the name of what it lacks; a missing price is found at start."""

import copy
from datetime import date
from typing import Any

import pytest

from kassaapp import configuration
from kassaapp.configuration import Configuration
from kassaapp.domain.people import Role
from kassaapp.domain.vat import VatRate
from kassaapp.paths import resource
from kassaapp.trouble import BadConfiguration
from sync.wire import document

CLINIC = "ekbacken"
REGION, OWN, PEOPLE = "region", f"clinic/{CLINIC}", f"users/{CLINIC}"
Path = tuple[str | int, ...]
MADE = document.contents(document.read(resource("demo/demo.toml").read_text(encoding="utf-8")))

TEXTS: list[Path] = [
    (REGION, "region", "name"),
    *[(OWN, "clinic", name) for name in ("id", "name", "company", "organisation_number", "address", "exemption")],
    *[(OWN, "register", name) for name in ("name", "desk")],
    (OWN, "tills", "H", "name"),
    (OWN, "tills", "E", "name"),
    *[(REGION, "articles", 0, name) for name in ("till", "text", "vat", "valid_from")],
    *[(PEOPLE, "users", 0, name) for name in ("id", "name", "verifier")],
]
WHOLES: list[Path] = [
    (OWN, "tills", "H", "float_ore"),
    *[(REGION, "fees", name) for name in ("free_under_age", "free_from_age", "frikort_ceiling_ore")],
    (REGION, "articles", 0, "number"),
    (REGION, "articles", 12, "price_ore"),
]
TABLES: list[Path] = [
    (REGION,),
    (OWN,),
    (REGION, "region"),
    (REGION, "policy"),
    (REGION, "fees"),
    (OWN, "clinic"),
    (OWN, "register"),
    (OWN, "tills"),
]
LISTS: list[Path] = [(REGION, "articles"), (PEOPLE, "users"), (PEOPLE, "users", 0, "roles")]
REQUIRED = [*TEXTS, *WHOLES, *TABLES, *LISTS]
OPTIONAL_TEXTS: list[Path] = [
    (OWN, "clinic", "swish_number"),
    (REGION, "region", "support"),
    (OWN, "tills", "E", "document"),
    (REGION, "articles", 0, "group"),
    (REGION, "articles", 0, "valid_to"),
]
OPTIONAL_WHOLES: list[Path] = [
    *[(REGION, "policy", name) for name in ("pin_attempts", "lock_after_s", "offline_warning_h", "invoice_fee_ore")],
    (REGION, "policy", "difference_second_person_over_ore"),
    (REGION, "policy", "refund_approval_over_ore"),
    (REGION, "fees", "window_months"),
    (REGION, "articles", 0, "asylum_ore"),
    (REGION, "articles", 0, "minimum_ore"),
]
TRUTHS: list[Path] = [
    (REGION, "articles", 0, name)
    for name in ("counts_to_frikort", "age_exempt", "free_visit", "missed_visit", "goods", "no_invoice")
]


def changed(path: Path, value: Any) -> dict[str, Any]:
    """The demo's contents with one value changed; None takes it away."""
    contents: Any = copy.deepcopy(MADE)
    place = contents
    for step in path[:-1]:
        place = place[step]
    if value is None:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return contents  # type: ignore[no-any-return]


def read(contents: dict[str, Any]) -> Configuration:
    return configuration.read(3, contents, CLINIC)


def place(path: Path) -> str:
    """The path as a finding names it: `region.articles[0].till`."""
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return text[1:]


def names(paths: list[Path]) -> list[str]:
    return [place(path) for path in paths]


# ── The demo ─────────────────────────────────────────────────────────────────────────────────────


def test_the_demo_is_a_whole_configuration() -> None:
    demo = read(MADE)

    assert (demo.number, demo.region, demo.register, demo.desk) == (3, "Demoregionen", "R0417", "Reception 1")
    assert demo.clinic.company == "Ekbacken Vård AB"
    assert {letter: till.float_ore for letter, till in demo.tills.items()} == {"H": 100_000, "E": 50_000}
    assert demo.till("E").document == "kontantfaktura"
    assert (demo.fees.free_under_age, demo.fees.free_from_age, demo.fees.frikort_ceiling_ore) == (20, 85, 145_000)
    assert demo.policy.denominations_ore[0] == 100_000
    assert demo.users["erilu"].roles == {Role.CASHIER, Role.SUPERVISOR}
    assert demo.user_name("anber") == "Anna Berg"


def test_an_article_is_read_with_all_that_is_said_of_it() -> None:
    demo = read(MADE)

    doctor, book = (
        demo.catalogue.article(number, till=till, day=date(2026, 11, 23)) for number, till in ((1, "H"), (105, "E"))
    )

    assert (doctor.price_ore, doctor.asylum_ore, doctor.valid_to) == (20_000, 5_000, date(2026, 12, 31))
    assert (doctor.counts_to_frikort, doctor.age_exempt, doctor.free_visit, doctor.goods) == (True, True, False, False)
    assert (book.vat, book.goods, book.valid_to) == (VatRate.SIX, True, None)


def test_pins_are_not_in_what_is_read() -> None:
    assert "123456" not in repr(MADE)
    assert all(user.verifier.startswith("$argon2id$") for user in read(MADE).users.values())


def test_who_has_left_is_named_by_id_and_a_till_that_is_not_here_is_refused() -> None:
    demo = read(MADE)

    assert demo.user_name("gone") == "gone"
    with pytest.raises(BadConfiguration) as trouble:
        demo.till("X")
    assert trouble.value.where == "tills.X"


# ── What is missing ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("path", REQUIRED, ids=names(REQUIRED))
def test_what_is_missing_is_named(path: Path) -> None:
    with pytest.raises(BadConfiguration) as trouble:
        read(changed(path, None))

    assert trouble.value.where == place(path)


@pytest.mark.parametrize(
    "path",
    [*OPTIONAL_WHOLES, *OPTIONAL_TEXTS, *TRUTHS, (REGION, "policy", "denominations_ore")],
    ids=names([*OPTIONAL_WHOLES, *OPTIONAL_TEXTS, *TRUTHS, (REGION, "policy", "denominations_ore")]),
)
def test_what_may_be_left_out_has_its_usual_value(path: Path) -> None:
    contents = copy.deepcopy(MADE)
    target: Any = contents
    for step in path[:-1]:
        target = target[step]
    target.pop(path[-1], None)
    if path[-1] == "valid_to":
        contents[REGION]["articles"].pop()  # The price that was to follow it.

    assert read(contents).number == 3


def test_a_clinic_whose_people_have_not_come_yet_has_none() -> None:
    assert read(changed((PEOPLE,), None)).users == {}


def test_a_configuration_of_another_clinic_is_not_ours() -> None:
    with pytest.raises(BadConfiguration) as trouble:
        configuration.read(0, MADE, "granbacken")

    assert trouble.value.where == "clinic/granbacken"


# ── What is of the wrong type ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("path", [*TEXTS, *OPTIONAL_TEXTS], ids=names([*TEXTS, *OPTIONAL_TEXTS]))
@pytest.mark.parametrize("value", [5, True, ["text"], {"text": "text"}], ids=["number", "truth", "list", "table"])
def test_what_should_be_text_is_refused_as_anything_else(path: Path, value: Any) -> None:
    with pytest.raises(BadConfiguration) as trouble:
        read(changed(path, value))

    assert trouble.value.where == place(path)


@pytest.mark.parametrize("path", [*WHOLES, *OPTIONAL_WHOLES], ids=names([*WHOLES, *OPTIONAL_WHOLES]))
@pytest.mark.parametrize(
    "value", ["5", 5.0, True, [5], -1], ids=["text", "float", "truth", "list", "less than nothing"]
)
def test_what_should_be_a_whole_number_is_refused_as_anything_else(path: Path, value: Any) -> None:
    with pytest.raises(BadConfiguration) as trouble:
        read(changed(path, value))

    assert trouble.value.where == place(path)


@pytest.mark.parametrize("path", TRUTHS, ids=names(TRUTHS))
@pytest.mark.parametrize("value", [1, 0, "true"])
def test_what_should_be_true_or_false_is_refused_as_anything_else(path: Path, value: Any) -> None:
    with pytest.raises(BadConfiguration) as trouble:
        read(changed(path, value))

    assert trouble.value.where == place(path)


@pytest.mark.parametrize("path", [*TABLES, *LISTS], ids=names([*TABLES, *LISTS]))
@pytest.mark.parametrize("value", [5, "text"])
def test_what_should_be_a_table_or_a_list_is_refused_as_a_word(path: Path, value: Any) -> None:
    with pytest.raises(BadConfiguration) as trouble:
        read(changed(path, value))

    assert trouble.value.where == place(path)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ((REGION, "articles", 3), "an article"),
        ((PEOPLE, "users", 1), ["a person"]),
        ((OWN, "tills", "H"), "H"),
        ((REGION, "articles", 0, "valid_from"), "2025-02-29"),
        ((REGION, "articles", 0, "valid_from"), "in spring"),
        ((REGION, "articles", 0, "valid_to"), ""),
        ((REGION, "policy", "denominations_ore"), [100, "200"]),
        ((REGION, "policy", "denominations_ore"), [100, 0]),
        ((REGION, "policy", "denominations_ore"), [100, -200]),
        ((REGION, "policy", "denominations_ore"), [100, True]),
        ((REGION, "policy", "denominations_ore"), "100"),
        ((PEOPLE, "users", 0, "roles"), [1]),
        ((PEOPLE, "users", 0, "roles"), "cashier"),
    ],
)
def test_what_cannot_be_is_refused_by_its_place(path: Path, value: Any) -> None:
    with pytest.raises(BadConfiguration) as trouble:
        read(changed(path, value))

    assert trouble.value.where == place(path)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ((REGION, "articles", 0, "vat"), "24"),
        ((REGION, "articles", 0, "vat"), ""),
        ((PEOPLE, "users", 0, "roles"), ["boss"]),
    ],
)
def test_an_unknown_rate_or_role_is_refused_by_its_name(path: Path, value: Any) -> None:
    with pytest.raises(BadConfiguration) as trouble:
        read(changed(path, value))

    assert str(path[-1]) in trouble.value.where


@pytest.mark.parametrize("months", [0, 10**9])
def test_a_window_that_no_calendar_holds_is_refused(months: int) -> None:
    with pytest.raises(BadConfiguration) as trouble:
        read(changed((REGION, "fees", "window_months"), months))

    assert trouble.value.where == "region.fees.window_months"


def test_a_verifier_that_is_no_ascii_text_is_refused_before_somebody_signs_in() -> None:
    with pytest.raises(BadConfiguration):
        read(changed((PEOPLE, "users", 0, "verifier"), "$argon2id$å"))


def test_two_prices_of_one_article_on_one_day_are_refused() -> None:
    twice = copy.deepcopy(MADE)
    twice[REGION]["articles"].append({**twice[REGION]["articles"][0], "price_ore": 1})

    with pytest.raises(BadConfiguration):
        read(twice)


def test_a_person_who_stands_there_twice_is_refused() -> None:
    twice = copy.deepcopy(MADE)
    twice[PEOPLE]["users"].append({**twice[PEOPLE]["users"][0], "roles": ["supervisor"]})

    with pytest.raises(BadConfiguration):
        read(twice)
