"""A clinic's own till sells at the prices that its key signed, and no others; a long list reaches the till whole."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from installer import own_prices
from kassaapp import configuration
from kassaapp.app import Desk
from kassaapp.domain.errors import UnknownArticle
from kassaapp.domain.fees import Wish
from kassaapp.trouble import BadConfiguration
from kassaapp.verify.audit import audit
from sync.server import configuration as published
from sync.server import keys
from sync.server.errors import Refused
from sync.server.region import Region
from sync.wire import canonical, config, document, own
from sync.wire.canonical import to_text
from sync.wire.errors import BadCommitment, BadSignature, Malformed
from sync.wire.frame import Frame
from sync.wire.signature import Signer
from tests.builders import CARD, a_patient
from tests.desks import a_clock
from tests.sync.builders import Clock, make_region, new_code, publish
from tests.sync.builders import enrol as enrolled
from tests.test_enrolment import DEMO, clinic_text, enrol, line_to

CLINIC = "ekbacken"
KEY, STRANGER = Signer(bytes([7] * 32)), Signer(bytes([8] * 32))
DAY = date(2026, 11, 23)
NAMED = DEMO.replace('id = "ekbacken"\n', f'id = "ekbacken"\nown_key = "{to_text(KEY.public_key)}"\n', 1)
CERTIFICATE = {
    "till": "E",
    "number": 150,
    "text": "Sjöintyg",
    "price_ore": 91_300,
    "vat": "25",
    "valid_from": "2025-01-01",
}


def in_force(*lists: dict[str, Any], text: str = NAMED) -> dict[str, dict[str, Any]]:
    contents = document.contents(document.read(text))
    return contents | {config.own_part(CLINIC): one for one in lists}


def numbers(contents: dict[str, dict[str, Any]], till: str = "E", **more: Any) -> list[int]:
    catalogue = configuration.read_catalogue(contents, CLINIC, **more)
    return [one.number for one in catalogue.on_sale(till=till, day=DAY)]


def long_list(count: int) -> str:
    """The demo's document with `count` more articles of the till H, from number 1001."""
    rows = [
        f'[[articles]]\ntill = "H"\nnumber = {1000 + n}\ntext = "Åtgärd nummer {n} enligt regionens förteckning"\n'
        f'price_ore = {10_000 + n}\nvat = "exempt"\nvalid_from = "2025-01-01"\ncounts_to_frikort = true\n'
        for n in range(1, count + 1)
    ]
    return DEMO + "\n" + "".join(rows)


@pytest.fixture
def region(tmp_path: Path) -> Iterator[Region]:
    made = make_region(tmp_path / "region", Clock())
    yield made
    made.close()


# ── A list that is longer than one part ──────────────────────────────────────────────────────────


def test_a_till_sells_from_a_list_of_two_thousand_articles(region: Region, tmp_path: Path) -> None:
    made = publish(region, long_list(2000))
    enrol(tmp_path / "till", line_to(region), clinic_text(new_code(region)))

    with Desk.open(tmp_path / "till", a_clock()) as desk:
        desk.sign_in("anber", "123456")
        desk.register("H").open_session(100_000)
        sold = desk.register("H").sell(a_patient(), [Wish(3000)], [CARD]).event

    assert sold.total_ore == 12_000
    assert len([one for one in made.parts if one.name.startswith(config.ARTICLES_PART)]) > 3
    assert audit(tmp_path / "till" / "H" / "journal.db").findings == []


def test_a_list_that_fits_in_one_part_is_written_as_before() -> None:
    contents = document.contents(document.read(DEMO))

    assert "article_parts" not in contents["region"]
    assert not any(name.startswith(config.ARTICLES_PART) for name in contents)


def test_the_articles_come_together_in_their_order() -> None:
    contents = document.contents(document.read(long_list(2000)))

    joined = config.joined(contents)
    assert joined is not None
    assert joined["articles"] == document.read(long_list(2000))["articles"]
    assert all(len(canonical.encode(one)) <= canonical.MAX_BYTES for one in contents.values())


def test_what_an_older_longer_list_left_is_not_in_force() -> None:
    longer, shorter = (document.contents(document.read(long_list(count))) for count in (2000, 700))

    for newer in (shorter, document.contents(document.read(DEMO))):
        assert max(numbers(longer | newer, "H")) < 1701


@pytest.mark.parametrize("count", [0, 25, "3", True])
def test_a_list_whose_parts_cannot_be_counted_is_refused(count: object) -> None:
    contents = document.contents(document.read(long_list(700)))
    contents["region"]["article_parts"] = count

    with pytest.raises(BadConfiguration):
        numbers(contents)


def test_a_list_that_lacks_one_of_its_parts_is_refused() -> None:
    contents = document.contents(document.read(long_list(700)))
    del contents[f"{config.ARTICLES_PART}2"]

    with pytest.raises(BadConfiguration, match="region/articles/2"):
        numbers(contents)


def test_a_region_that_withholds_one_of_the_parts_is_found_out(region: Region) -> None:
    till = enrolled(region, Clock())
    made = publish(region, long_list(700))
    less = Frame(made.record, tuple(one for one in made.parts if one.name != f"{config.ARTICLES_PART}2"))

    with pytest.raises(BadCommitment):
        config.check_configuration([less], till.paper.trust, after=None, clinic=CLINIC)


def test_more_articles_than_a_configuration_holds_are_refused_before_anything_is_signed(region: Region) -> None:
    with pytest.raises(Malformed):
        publish(region, long_list(7000))

    assert published.newest_seq(region) == 0


# ── A list of the clinic's own ───────────────────────────────────────────────────────────────────


def test_without_a_key_the_own_till_sells_at_the_regions_prices() -> None:
    assert 101 in numbers(in_force(text=DEMO))


def test_with_a_key_the_own_till_has_the_clinics_prices_alone() -> None:
    signed = own.sign(CLINIC, 1, [CERTIFICATE], KEY)

    assert numbers(in_force(signed)) == [150]
    assert numbers(in_force(signed), "H") == numbers(in_force(text=DEMO), "H")


def test_with_a_key_and_no_list_yet_the_own_till_has_no_prices() -> None:
    assert numbers(in_force()) == []


def changed(**fields: Any) -> dict[str, Any]:
    return own.sign(CLINIC, 1, [CERTIFICATE], KEY) | fields


@pytest.mark.parametrize(
    "forged",
    [
        own.sign(CLINIC, 1, [CERTIFICATE], STRANGER),
        own.sign("tallbacken", 1, [CERTIFICATE], KEY),
        changed(articles=[CERTIFICATE | {"price_ore": 1}]),
        changed(number=2),
        changed(number=True),
        changed(sig="A" * 86),
        changed(sig=5),
        changed(more=1),
    ],
    ids=["another key", "another clinic", "price", "number", "truth", "signature", "no text", "field"],
)
def test_a_list_that_the_clinic_did_not_sign_is_refused_whole(forged: dict[str, Any]) -> None:
    with pytest.raises(BadConfiguration, match="own/ekbacken"):
        numbers(in_force(forged))


def test_a_clinic_can_sign_no_prices_for_the_regions_till() -> None:
    with pytest.raises(Malformed):
        own.sign(CLINIC, 1, [CERTIFICATE | {"till": "H"}], KEY)


def test_an_older_list_of_the_clinics_is_not_taken_again() -> None:
    first, second = (own.sign(CLINIC, number, [CERTIFICATE], KEY) for number in (1, 2))
    strangers = own.sign(CLINIC, 99, [CERTIFICATE], STRANGER)

    assert numbers(in_force(second), own_before=[first, strangers, second]) == [150]
    with pytest.raises(BadConfiguration, match="number"):
        numbers(in_force(first), own_before=[first, second, first])


def test_the_region_passes_on_only_what_the_named_key_signed_and_only_forwards(region: Region) -> None:
    signer = keys.signer(region.settings.keys, "config")
    lists = [canonical.encode(own.sign(CLINIC, number, [CERTIFICATE], KEY)) for number in (1, 2)]
    publish(region)
    with pytest.raises(Refused, match="no-own-key"):
        published.publish_own(region, CLINIC, lists[1], signer)
    publish(region, NAMED)

    published.publish_own(region, CLINIC, lists[1], signer)

    for older in lists:
        with pytest.raises(Refused, match="not-newer"):
            published.publish_own(region, CLINIC, older, signer)
    with pytest.raises(BadSignature):
        published.publish_own(region, CLINIC, canonical.encode(own.sign(CLINIC, 3, [CERTIFICATE], STRANGER)), signer)
    assert published.clinics_with_own_prices(region) == {CLINIC}
    publish(region, NAMED.replace(to_text(KEY.public_key), to_text(STRANGER.public_key)))
    published.publish_own(region, CLINIC, canonical.encode(own.sign(CLINIC, 1, [CERTIFICATE], STRANGER)), signer)


def test_an_own_till_sells_what_the_clinic_signed(region: Region, tmp_path: Path) -> None:
    key, toml, out = tmp_path / "clinic.key", tmp_path / "own.toml", tmp_path / "own.json"
    key.write_text(to_text(bytes([7] * 32)) + "\n")
    rows = "\n".join(f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in CERTIFICATE.items())
    toml.write_text(f"[[articles]]\n{rows}\n", encoding="utf-8")
    order = ["sign", str(toml), "--clinic", CLINIC, "--number", "1", "--key", str(key), "--out", str(out)]
    publish(region, NAMED)

    assert own_prices.main(order) == 0
    published.publish_own(region, CLINIC, out.read_bytes(), keys.signer(region.settings.keys, "config"))
    enrol(tmp_path / "till", line_to(region), clinic_text(new_code(region, "E"), '["E"]'))

    with Desk.open(tmp_path / "till", a_clock()) as desk:
        desk.sign_in("anber", "123456")
        register = desk.register("E")
        register.open_session(50_000)
        assert register.sell(a_patient(), [Wish(150)], [CARD]).event.total_ore == 91_300
        with pytest.raises(UnknownArticle):
            register.sell(a_patient(), [Wish(101)], [CARD])
    assert audit(tmp_path / "till" / "E" / "journal.db").findings == []


def test_another_clinic_does_not_receive_the_list(region: Region) -> None:
    signed = canonical.encode(own.sign(CLINIC, 1, [CERTIFICATE], KEY))
    publish(region, NAMED)
    published.publish_own(region, CLINIC, signed, keys.signer(region.settings.keys, "config"))

    frames = published.delivered(region, "tallbacken", 0)

    assert not any(part.name.startswith(("own/", "clinic/")) for frame in frames for part in frame.parts)


def test_a_key_file_is_made_once_and_read_by_its_owner_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "clinic.key"

    assert own_prices.main(["key", str(file)]) == 0
    made = file.read_text()

    assert capsys.readouterr().out.startswith('own_key = "')
    assert own_prices.main(["key", str(file)]) == 2
    assert (file.read_text(), file.stat().st_mode & 0o077) == (made, 0)
