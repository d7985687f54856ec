"""Before a price list is signed it is told what it changes, and what it would have done to the sales that were made."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from sync.server import configuration, dry_run, keys, publishing
from sync.server.__main__ import main
from sync.server.dry_run import PriceList
from sync.server.region import Region, open_region
from sync.wire import record as rec
from sync.wire.canonical import Json
from sync.wire.frame import Frame
from sync.wire.record import Header
from tests.sync.builders import START_MS, Clock, Till, enrol, part

DEMO = (Path(__file__).parents[3] / "resources" / "demo" / "demo.toml").read_text(encoding="utf-8")
TODAY = datetime.fromtimestamp(START_MS / 1000, UTC).date()
DEARER = DEMO.replace("price_ore = 68800", "price_ore = 70000")


def line(article: int, amount_ore: int, reason: str | None = None, quantity: int = 1) -> dict[str, Json]:
    said = {} if reason is None else {"reason": reason}
    return {"article": article, "text": f"A{article}", "quantity": quantity, "amount_ore": amount_ore, **said}


def sell(till: Till, *lines: Json, at: date = TODAY) -> None:
    """One real record of a sale in the till's journal, not yet sent."""
    journal = till.journal
    content = part("a", {"at": f"{at.isoformat()}T08:00:00+01:00", "lines": list(lines)})
    before = journal.records[-1].record.hash if journal.records else journal.enrolment.hash
    header = Header(journal.enrolment.chain, journal.count(), before, "sale", {"a": content.commitment})
    journal.records.append(Frame(rec.seal(header, journal.key), (content,)))


def published(region: Region, text: str = DEMO) -> None:
    configuration.publish(region, text, keys.signer(region.settings.keys, "config"))


def prices(*articles: dict[str, Json], fee_ore: int = 0) -> PriceList:
    usual: dict[str, Json] = {"till": "H", "valid_from": "2020-01-01", "price_ore": 0}
    return PriceList([usual | one for one in articles], TODAY, fee_ore)


# ── What changes ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("was", "is_", "told"),
    [
        (
            "price_ore = 68800",
            "price_ore = 70000",
            "~ article E 101 Körkortsintyg from 2025-01-01: price_ore 688.00 → 700.00",
        ),
        ("number = 101", "number = 199", "+ article E 199 Körkortsintyg: 688.00 from 2025-01-01"),
        ("number = 101", "number = 199", "- article E 101 Körkortsintyg: 688.00 from 2025-01-01"),
        (
            'valid_to = "2026-12-31"',
            'valid_to = "2026-11-30"',
            "~ article H 1 Läkarbesök from 2025-01-01: valid_to 2026-12-31 → 2026-11-30",
        ),
        (
            "frikort_ceiling_ore = 145000",
            "frikort_ceiling_ore = 150000",
            "~ region fees.frikort_ceiling_ore: 1450.00 → 1500.00",
        ),
        ('pin = "123456"', 'pin = "654321"', "~ user anber Anna Berg: another PIN"),
        ('id = "revis"', 'id = "revi2"', "- user revis Rut Revisor"),
        ('desk = "Reception 1"', 'desk = "Disken"', "~ clinic/ekbacken register.desk: Reception 1 → Disken"),
    ],
)
def test_each_change_is_told_in_a_line(was: str, is_: str, told: str, sqlite_region: Region) -> None:
    published(sqlite_region)

    seen = publishing.outlook(sqlite_region, DEMO.replace(was, is_, 1), 0)

    assert told in seen.changes


def test_a_document_that_is_in_force_already_changes_nothing(sqlite_region: Region) -> None:
    published(sqlite_region)

    seen = publishing.outlook(sqlite_region, DEMO, 0)

    assert seen.changes == []


def test_a_pin_is_in_no_line(sqlite_region: Region) -> None:
    seen = publishing.outlook(sqlite_region, DEMO, 0)

    assert not any("123456" in one or "argon2" in one for one in seen.changes)


# ── What it would have done ──────────────────────────────────────────────────────────────────────


def test_sales_of_the_last_days_are_tried_at_the_new_prices(region: Region, clock: Clock) -> None:
    published(region)
    till = enrol(region, clock)
    sell(till, line(1, 20000), line(2, 5000, quantity=2))
    sell(till, line(1, 20000))
    till.sync()

    listed = prices({"number": 1, "price_ore": 25000}, {"number": 2, "price_ore": 2500})
    effect = dry_run.run(region, listed, on=TODAY, days=31)

    one = effect.articles["H", 1]
    assert (effect.sales, effect.lines, effect.changed) == (2, 3, 2)
    assert (one.lines, one.changed, one.before_ore, one.after_ore) == (2, 2, 40000, 50000)
    assert dry_run.told(effect)[1] == "H 1 A1: 2 of 2 lines, 400.00 → 500.00"


def test_sales_before_those_days_are_left_out(sqlite_region: Region, clock: Clock) -> None:
    till = enrol(sqlite_region, clock)
    sell(till, line(1, 20000), at=date(2023, 10, 1))
    sell(till, line(1, 20000))
    till.sync()

    assert [dry_run.run(sqlite_region, prices(), on=TODAY, days=days).sales for days in (31, 60)] == [1, 2]


@pytest.mark.parametrize(
    ("reason", "was_ore", "costs_ore"),
    [
        (None, 20000, 30000),
        ("missed_visit", 20000, 30000),
        ("frikort", 0, 0),
        ("under_age", 0, 0),
        ("ceiling_part", 10000, 10000),
        ("ceiling_part", 40000, 30000),
        ("asylum_fee", 5000, 6000),
        ("full_cost", 90000, 95000),
    ],
)
def test_a_line_keeps_the_reason_of_its_price(reason: str | None, was_ore: int, costs_ore: int) -> None:
    listed = prices({"number": 1, "price_ore": 30000, "asylum_ore": 6000, "full_cost_ore": 95000})

    assert listed.amount_ore("H", line(1, was_ore, reason)) == costs_ore


def test_a_least_amount_and_the_invoice_fee_are_the_new_ones() -> None:
    listed = prices({"number": 1, "price_ore": 100, "minimum_ore": 5000}, fee_ore=7000)

    assert listed.amount_ore("H", line(1, 300, quantity=3)) == 5000
    assert listed.amount_ore("H", line(0, 5000, "invoice_fee")) == 7000


def test_an_article_that_was_sold_and_is_gone_is_named(sqlite_region: Region, clock: Clock) -> None:
    till = enrol(sqlite_region, clock)
    sell(till, line(7, 20000))
    till.sync()

    effect = dry_run.run(sqlite_region, prices({"number": 7, "till": "E"}), on=TODAY, days=31)

    assert list(effect.gone) == [("H", 7)]
    assert dry_run.told(effect)[-1].startswith("GONE H 7 A7: sold 1 times")


@pytest.mark.parametrize("content", [{"total_ore": 1}, {"lines": 5}, {"lines": [5]}, {"lines": [{"article": "1"}]}])
def test_a_sale_that_cannot_be_read_is_counted_apart(
    content: dict[str, Json], sqlite_region: Region, clock: Clock
) -> None:
    till = enrol(sqlite_region, clock)
    sell(till, *[line(1, 1)])
    journal, other = till.journal, part("a", content)
    header = Header(journal.enrolment.chain, 1, journal.records[0].record.hash, "sale", {"a": other.commitment})
    journal.records.append(Frame(rec.seal(header, journal.key), (other,)))
    till.sync()

    effect = dry_run.run(sqlite_region, prices(), on=TODAY, days=31)

    assert (effect.sales, effect.unread) == (1, 1)


def test_the_prices_are_those_of_the_day_when_all_that_is_new_applies(sqlite_region: Region, clock: Clock) -> None:
    published(sqlite_region)
    till = enrol(sqlite_region, clock, till="E")
    sell(till, line(101, 68800))
    till.sync()
    old = 'price_ore = 68800\nvat = "25"\nvalid_from = "2025-01-01"'
    coming = old.replace("68800", "70000").replace("2025", "2028")
    new = f'{old}\nvalid_to = "2027-12-31"\n[[articles]]\ntill = "E"\nnumber = 101\ntext = "K"\n{coming}'

    effect = publishing.outlook(sqlite_region, DEMO.replace(old, new), 31).effect

    assert effect is not None
    assert (effect.on, effect.changed) == (date(2028, 1, 1), 1)


# ── The command ──────────────────────────────────────────────────────────────────────────────────


def test_a_dry_run_signs_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, file = str(tmp_path / "region"), tmp_path / "prices.toml"
    file.write_text(DEMO, encoding="utf-8")
    main(["init", folder, "--demo"])
    main(["publish", folder, str(file)])
    file.write_text(DEARER, encoding="utf-8")
    capsys.readouterr()

    assert main(["publish", folder, str(file), "--dry-run"]) == 0

    said = capsys.readouterr().out
    assert "price_ore 688.00 → 700.00" in said
    assert said.endswith("dry run: nothing was signed\n")
    assert main(["publish", folder, str(file), "--against", "0"]) == 0
    assert "configuration 1:" in capsys.readouterr().out


def test_a_dry_run_ends_with_1_when_something_sold_would_be_gone(tmp_path: Path) -> None:
    folder, file = tmp_path / "region", tmp_path / "prices.toml"
    file.write_text(DEMO, encoding="utf-8")
    main(["init", str(folder), "--demo"])
    region = open_region(folder)
    till = enrol(region, Clock(region.clock()))
    sell(till, line(999, 100), at=datetime.fromtimestamp(region.clock() / 1000, UTC).date())
    till.sync()
    region.close()

    assert main(["publish", str(folder), str(file), "--dry-run"]) == 1
