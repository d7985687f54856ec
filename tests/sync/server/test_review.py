"""What a till could not use is found before it is signed, all of it at once."""

from pathlib import Path

import pytest

from sync.server import review
from sync.wire import document
from sync.wire.errors import Malformed

DEMO = (Path(__file__).parents[3] / "resources" / "demo" / "demo.toml").read_text(encoding="utf-8")
FIRST = 'till = "H"\nnumber = 1\ntext = "Läkarbesök"\nprice_ore = 20000\nvat = "exempt"\nvalid_from = "2025-01-01"\n'
USERS = """
[clinic]
id = "ekbacken"
[[users]]
id = "anber"
name = "Anna Berg"
pin = "1234"
roles = ["cashier"]
"""


def test_the_demo_document_has_nothing_wrong() -> None:
    assert review.findings(document.read(DEMO)) == []


@pytest.mark.parametrize(
    ("was", "is_", "place"),
    [
        ("price_ore = 20000", "price_ore = -1", "articles[0].price_ore"),
        ("price_ore = 20000", "price_ore = 200.5", "articles[0].price_ore"),
        ("price_ore = 20000", "price_ore = true", "articles[0].price_ore"),
        ("price_ore = 20000", 'price_ore = "tjugo"', "articles[0].price_ore"),
        ("price_ore = 20000", "", "articles[0].price_ore"),
        ('vat = "exempt"', 'vat = "13"', "articles[0].vat"),
        ('vat = "exempt"', "vat = 25", "articles[0].vat"),
        ('valid_from = "2025-01-01"', 'valid_from = "2025-02-30"', "articles[0].valid_from"),
        ('valid_from = "2025-01-01"', 'valid_from = "20250101"', "articles[0].valid_from"),
        ('valid_from = "2025-01-01"', "valid_from = 2025-01-01", "articles[0].valid_from"),
        ('valid_from = "2025-01-01"', "", "articles[0].valid_from"),
        ('valid_to = "2026-12-31"', 'valid_to = "2024-12-31"', "articles[0].valid_to"),
        ('valid_to = "2026-12-31"', 'valid_to = "2027-01-01"', "articles[13]"),
        ('valid_to = "2026-12-31"', "", "articles[13]"),
        ('till = "H"\nnumber = 1\n', 'till = "X"\nnumber = 1\n', "articles[0].till"),
        ('text = "Läkarbesök"', 'text = " "', "articles[0].text"),
        ("counts_to_frikort = true", 'counts_to_frikort = "ja"', "articles[0].counts_to_frikort"),
        ("asylum_ore = 5000", "asylum_ore = -5000", "articles[0].asylum_ore"),
        ('roles = ["cashier"]', 'roles = ["king"]', "users[0].roles"),
        ('roles = ["cashier"]', "roles = []", "users[0].roles"),
        ('pin = "123456"', 'pin = "123"', "users[0].pin"),
        ('pin = "123456"', 'pin = "12e4"', "users[0].pin"),
        ('pin = "123456"', "pin = 123456", "users[0].pin"),
        ('pin = "123456"', "", "users[0].verifier"),
        ('id = "erilu"', 'id = "anber"', "users[1].id"),
        ('id = "ekbacken"', 'id = "../../x"', "clinic.id"),
        ('company = "Ekbacken Vård AB"', "", "clinic.company"),
        ('name = "R0417"', 'name = ""', "register.name"),
        ("[tills.E]", "[tills.X]", "tills.X"),
        ("accounts.cash = 1911", 'accounts.cash = "1911"', "tills.H.accounts.cash"),
        ("float_ore = 100000", "float_ore = -1", "tills.H.float_ore"),
        ("free_under_age = 20", "", "fees.free_under_age"),
        ("window_months = 12", "window_months = 0", "fees.window_months"),
        ("pin_attempts = 5", 'pin_attempts = "fem"', "policy.pin_attempts"),
        ("[100000, 50000", "[-100000, 50000", "policy.denominations_ore"),
        ('name = "Demoregionen"', "", "region.name"),
    ],
)
def test_what_a_till_could_not_use_is_found_with_its_place(was: str, is_: str, place: str) -> None:
    found = review.findings(document.read(DEMO.replace(was, is_, 1)))

    assert [one.partition(": ")[0] for one in found] == [place]


def test_every_finding_is_told() -> None:
    text = DEMO.replace("price_ore = 20000", "price_ore = -1").replace('"25"', '"24"')

    assert len(review.findings(document.read(text))) == 5 + 3


def test_the_same_number_at_the_other_till_is_another_article() -> None:
    text = DEMO + "[[articles]]\n" + FIRST.replace('till = "H"', 'till = "E"')

    assert review.findings(document.read(text)) == []


def test_a_document_about_people_alone_is_whole_and_makes_their_part_only() -> None:
    written = document.read(USERS)

    assert review.findings(written) == []
    assert list(document.contents(written)) == ["users/ekbacken"]


def test_a_verifier_stands_for_a_pin() -> None:
    def found(verifier: str) -> list[str]:
        return review.findings(document.read(USERS.replace('pin = "1234"', f'verifier = "{verifier}"')))

    assert found("$argon2id$v=19$m=65536,t=2,p=1$c2FsdA$aGFzaA") == []
    assert len(found("1234")) == 1


def test_people_of_no_clinic_are_found() -> None:
    found = review.findings(document.read(USERS.replace('id = "ekbacken"', "")))

    assert any(one.startswith("clinic.id") for one in found)


def test_a_price_list_alone_would_take_the_fees_away_and_is_found() -> None:
    found = review.findings(document.read("[[articles]]\n" + FIRST))

    assert {one.partition(".")[0].partition(":")[0] for one in found} == {"region", "policy", "fees"}


@pytest.mark.parametrize(
    "text", ["articles = 1", "articles = [1]", "users = 1", "users = [1]", "clinic = 1", "tills = 1"]
)
def test_what_is_no_table_is_found(text: str) -> None:
    assert review.findings(document.read(text))


@pytest.mark.parametrize("users", ["users = 1", "users = [1]"])
def test_people_who_are_no_tables_make_no_part(users: str) -> None:
    with pytest.raises(Malformed):
        document.contents(document.read(f'{users}\n[clinic]\nid = "ekbacken"\n'))
