"""What the till writes and reads: amounts, and a sentence for every way to say no."""

import enum
import inspect
import re
import typing
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from hypothesis import given
from hypothesis import strategies as st

from kassaapp import i18n, wording
from kassaapp.domain.disk_room import DiskRoom
from kassaapp.domain.errors import (
    AlreadyPrinted,
    BadAmount,
    BadIdentity,
    BalanceTooLow,
    ExemptionEnded,
    IdentityProblem,
    InvoiceNotAllowed,
    NeedsApproval,
    NotEnoughCash,
    NotReady,
    ParkedSalesLeft,
    PaymentDoesNotAddUp,
    PaymentUnderWay,
    PriceMissing,
    ReasonMissing,
    RefundOutOfRange,
    Refused,
    TenderNotOffered,
    TooManyAttempts,
    WrongPin,
)
from kassaapp.domain.events import KINDS, CashPurpose, CheckResult, Look, PaymentBegun, PaymentOutcome
from kassaapp.domain.fees import FeeRules
from kassaapp.domain.patient_id import read_patient_id
from kassaapp.domain.people import Role
from kassaapp.domain.vat import VatRate
from kassaapp.domain.visit import Category, FeeReason, Line, Patient, Tender
from kassaapp.trouble import (
    BadClinicFile,
    BadConfiguration,
    JournalDamaged,
    NeedsRegion,
    NotTheRegion,
    RefusedByRegion,
    Trouble,
    UnsuitablePlace,
)
from sync.client.status import Attention

MOMENT = datetime(2026, 11, 23, 14, 5, tzinfo=timezone(timedelta(hours=1)))
FORBIDDEN = re.compile(r"ogiltig|vänligen|tyvärr|fel uppstod|!", re.IGNORECASE)


# ── Amounts ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("ore", "written"),
    [
        (0, "0,00\u202fkr"),
        (5, "0,05\u202fkr"),
        (123450, "1\u202f234,50\u202fkr"),
        (-30000, "\u2212300,00\u202fkr"),
        (-5, "\u22120,05\u202fkr"),
        (123456789012, "1\u202f234\u202f567\u202f890,12\u202fkr"),
    ],
)
def test_an_amount_is_written_with_narrow_spaces_a_comma_and_a_true_minus(ore: int, written: str) -> None:
    assert wording.amount(ore) == written


def test_whole_kronor_lose_their_decimals_and_others_keep_them() -> None:
    assert wording.krona(31200) == "312\u202fkr"
    assert wording.krona(31250) == "312,50\u202fkr"


@pytest.mark.parametrize(
    ("ore", "spoken"),
    [
        (100, "1 krona"),
        (123450, "1234 kronor och 50 öre"),
        (0, "0 kronor"),
        (-30000, "minus 300 kronor"),
        (50, "0 kronor och 50 öre"),
    ],
)
def test_an_amount_is_spoken_without_grouping(ore: int, spoken: str) -> None:
    assert wording.amount_spoken(ore) == spoken


@given(st.integers(-(10**12), 10**12))
def test_what_is_written_reads_back(ore: int) -> None:
    assert wording.read_amount(wording.amount(ore)) == ore
    assert wording.read_amount(wording.amount_plain(ore)) == ore
    assert wording.read_amount(wording.krona(ore)) == ore


@pytest.mark.parametrize(
    ("text", "ore"),
    [
        ("312,50", 31250),
        ("312.5", 31250),
        ("312", 31200),
        (" 1 234,50 ", 123450),
        ("1\u00a0234", 123400),
        ("1234567", 123456700),
        ("-3", -300),
        ("0,05", 5),
        ("0,5", 50),
        ("300 kr", 30000),
    ],
)
def test_an_amount_is_read_as_people_type_it(text: str, ore: int) -> None:
    assert wording.read_amount(text) == ore


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "kr",
        ",50",
        "312,",
        "312,505",
        "1,2,3",
        "1.234",
        "12 50",
        "1 2345",
        "--3",
        "3-",
        "1e3",
        "٣",
        "x" * 10_000,
    ],
)
def test_what_can_be_misread_is_not_read(text: str) -> None:
    with pytest.raises(wording.BadAmountText) as refused:
        wording.read_amount(text)

    assert "312,50" in wording.explain(refused.value)


@pytest.mark.parametrize(
    ("ore", "said"),
    [(0, "Stämmer"), (-5000, "Saknas 50,00\u202fkr"), (5000, "50,00\u202fkr för mycket")],
)
def test_a_difference_says_which_way(ore: int, said: str) -> None:
    assert wording.difference(ore) == said


# ── Dates and persons ────────────────────────────────────────────────────────────────────────────


def test_dates_and_times_are_iso_and_local() -> None:
    assert wording.day(date(2026, 3, 7)) == "2026-03-07"
    assert wording.moment(MOMENT) == "2026-11-23 14:05"
    assert wording.clock(MOMENT.astimezone(UTC)) == "13:05"


def test_a_protected_patient_shows_neither_name_nor_number() -> None:
    patient_id = read_patient_id("196101182803", today=MOMENT.date())
    known = Patient(patient_id, "Test Testsson")
    protected = Patient(patient_id, "Test Testsson", protected=True)

    assert (wording.patient_name(known), wording.patient_number(known)) == ("Test Testsson", "19610118-2803")
    assert (wording.patient_name(protected), wording.patient_number(protected)) == ("Skyddad", "••••••••-••••")


# ── Words ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("words", "values"),
    [
        (wording.tender, Tender),
        (wording.category, Category),
        (wording.role, Role),
        (wording.reason, FeeReason),
        (wording.vat_rate, VatRate),
        (wording.look, Look),
        (wording.cash_purpose, CashPurpose),
        (wording.check_result, CheckResult),
        (wording.outcome, PaymentOutcome),
    ],
)
def test_every_choice_has_its_own_words(words: typing.Callable[[enum.Enum], str], values: type[enum.Enum]) -> None:
    said = [words(value) for value in values]

    assert all(said)
    assert len(set(said)) == len(said)


def test_every_kind_of_event_has_its_own_name_in_the_history() -> None:
    said = {kind: wording.event_kind(kind) for kind in KINDS}

    assert all(name[0].isupper() for name in said.values())
    assert len(set(said.values())) == len(KINDS)
    assert said["sale"] == "Försäljning"


def a_line(reason: FeeReason | None, *, amount_ore: int = 0, until: date | None = None) -> Line:
    return Line(1, "Läkarbesök", 1, 30000, amount_ore, VatRate.EXEMPT, reason=reason, until=until)


def test_a_row_that_costs_its_price_needs_no_reason() -> None:
    assert wording.fee_reason(a_line(None)) == ""


@pytest.mark.parametrize("reason", FeeReason)
def test_a_row_that_does_not_says_why(reason: FeeReason) -> None:
    assert wording.fee_reason(a_line(reason))


def test_reasons_tell_years_days_and_amounts() -> None:
    rules = FeeRules(free_under_age=20, free_from_age=85, frikort_ceiling_ore=145000)

    assert wording.fee_reason(a_line(FeeReason.UNDER_AGE), rules) == "Avgiftsfritt: under 20 år"
    assert wording.fee_reason(a_line(FeeReason.OVER_AGE), rules) == "Avgiftsfritt: fyllt 85 år"
    assert wording.fee_reason(a_line(FeeReason.FRIKORT, until=date(2027, 2, 11))) == "Frikort gäller t.o.m. 2027-02-11"
    assert (
        wording.fee_reason(a_line(FeeReason.CEILING_PART, amount_ore=8000))
        == "Återstod 80\u202fkr till frikort (ordinarie 300\u202fkr). Frikort från i dag"
    )


def a_begun_payment(tender: Tender) -> PaymentBegun:
    patient = Patient(read_patient_id("196101182803", today=MOMENT.date()), "Test Testsson")
    lines = (a_line(FeeReason.CEILING_PART),)
    return PaymentBegun(MOMENT, "anber", 1, 1, tender, 20_000, patient, lines, MOMENT.date(), mark="R0417H-12")


@pytest.mark.parametrize(
    ("now", "begun"),
    [
        (MOMENT, "påbörjades 14:05"),
        (MOMENT + timedelta(days=1), "påbörjades i går 14:05"),
        (MOMENT + timedelta(days=2), "påbörjades 2026-11-23 14:05"),
    ],
)
def test_what_is_asked_about_a_payment_says_whose_how_much_and_when(now: datetime, begun: str) -> None:
    said = wording.ask_about_payment(a_begun_payment(Tender.CARD), "Test Testsson", now)

    check_sentences(said)
    assert said.startswith(f"Kortbetalningen på 200,00\u202fkr för Test Testsson {begun} och avslutades aldrig.")


def test_a_swish_payment_is_looked_for_by_its_mark() -> None:
    said = wording.ask_about_payment(a_begun_payment(Tender.SWISH), "Test Testsson", MOMENT)

    check_sentences(said)
    assert "märkt R0417H-12." in said


# ── Every way to say no ──────────────────────────────────────────────────────────────────────────

SAMPLES: dict[object, object] = {
    int: 1,
    bool: False,
    str: "x",
    date: MOMENT.date(),
    datetime: MOMENT,
    datetime | None: MOMENT,
    int | None: 7,
    IdentityProblem: IdentityProblem.EMPTY,
}


def every_kind(root: type[Exception]) -> list[type[Exception]]:
    """All subclasses that the program has loaded. Tests define none."""
    below = [kind for child in root.__subclasses__() for kind in (child, *every_kind(child))]
    return [kind for kind in below if kind.__module__.startswith("kassaapp")]


def an_instance(kind: type[Exception]) -> Exception:
    if "__init__" not in vars(kind):
        return kind()
    hints = typing.get_type_hints(kind.__init__)
    return kind(**{name: SAMPLES[hints[name]] for name in list(inspect.signature(kind).parameters)})


def check_sentences(said: str) -> None:
    assert FORBIDDEN.search(said) is None, said
    assert said[0].isupper() or said[0].isdigit() or said[0] == "«", said
    assert said.endswith("."), said
    assert said.count(". ") <= 3, said
    assert "{" not in said, said


@pytest.mark.parametrize("kind", every_kind(Refused), ids=lambda kind: kind.__name__)
def test_every_refusal_has_words(kind: type[Refused]) -> None:
    refused = an_instance(kind)

    assert isinstance(refused, Refused)
    check_sentences(wording.explain(refused))


@pytest.mark.parametrize("kind", every_kind(Trouble), ids=lambda kind: kind.__name__)
def test_every_trouble_has_words(kind: type[Trouble]) -> None:
    trouble = an_instance(kind)

    assert isinstance(trouble, Trouble)
    check_sentences(wording.explain_trouble(trouble))


@pytest.mark.parametrize("about", Attention)
def test_every_news_of_the_contact_with_the_region_has_words(about: Attention) -> None:
    said = wording.attention(about, support="010-123 45 67")

    check_sentences(said)
    assert said.endswith("ring 010-123 45 67.")


def test_a_number_of_which_only_the_shape_is_known_is_warned_of() -> None:
    check_sentences(wording.shape_only())


@pytest.mark.parametrize("problem", IdentityProblem)
def test_every_problem_with_a_number_has_words(problem: IdentityProblem) -> None:
    check_sentences(wording.explain(BadIdentity(problem, 9)))


def test_a_refusal_without_words_is_a_mistake_in_the_program() -> None:
    class Unheard(Refused):
        pass

    with pytest.raises(AssertionError, match="Unheard"):
        wording.explain(Unheard())


@pytest.mark.parametrize(
    ("refused", "part"),
    [
        (BadIdentity(IdentityProblem.WRONG_LENGTH, 9), "Du har skrivit 9."),
        (WrongPin(3), "3 försök kvar"),
        (TooManyAttempts(MOMENT), "till 14:05"),
        (PaymentDoesNotAddUp(31200, 20000), "200\u202fkr räcker inte, det saknas 112\u202fkr."),
        (PaymentDoesNotAddUp(0, 20000), "inget kvar att betala"),
        (PaymentDoesNotAddUp(20000, 30000), "ska vara 200,00\u202fkr"),
        (TenderNotOffered("invoice"), "Faktura"),
        (TenderNotOffered("sjömynt"), "sjömynt"),
        (ReasonMissing(-5000), "Det gäller \u221250,00\u202fkr."),
        (ReasonMissing(0), "Ange orsaken."),
        (BadAmount(-1), "mindre än 0"),
        (BadAmount(0), "mer än 0"),
        (BadAmount(12050), "120,50\u202fkr går inte att betala med mynt"),
        (BadAmount(10**13), "mer än kassan kan ta emot"),
        (PriceMissing(9, "Intyg, övrigt"), "«Intyg, övrigt» saknar pris"),
        (InvoiceNotAllowed("article"), "vaccination"),
        (InvoiceNotAllowed("reserve_number"), "reservnummer"),
        (InvoiceNotAllowed("till"), "skickar inga fakturor"),
        (InvoiceNotAllowed("mixed"), "delas inte"),
        (PaymentUnderWay("card", 20000, MOMENT), "En kortbetalning på 200,00\u202fkr påbörjades 14:05"),
        (PaymentUnderWay("swish", 20000, MOMENT), "Se i kassans Swish-lista om den har kommit."),
        (AlreadyPrinted(12), "Kvitto 12 är redan utskrivet."),
        (BalanceTooLow(45000), "450,00\u202fkr a conto"),
        (NotEnoughCash(12000), "120,00\u202fkr enligt kassan"),
        (RefundOutOfRange(2, 15000), "Högst 150,00\u202fkr kan återbetalas på rad 2."),
        (RefundOutOfRange(0, 15000), "på kvittot"),
        (RefundOutOfRange(2, 0), "inget kvar att återbetala"),
        (NeedsApproval(50000), "Över 500\u202fkr"),
        (NeedsApproval(), "två personer"),
        (ParkedSalesLeft(1), "1 försäljning ligger åt sidan."),
        (ParkedSalesLeft(2), "2 försäljningar ligger åt sidan."),
        (NotReady("company"), "företagets namn"),
        (NotReady("organisation_number"), "organisationsnumret"),
        (NotReady("address"), "klinikens adress"),
        (ExemptionEnded(MOMENT.date()), "gällde till 2026-11-23"),
    ],
)
def test_facts_stand_in_the_sentence(refused: Refused, part: str) -> None:
    assert part in wording.explain(refused)


def test_the_telephone_number_is_in_the_sentence_because_the_network_may_not_be_there() -> None:
    trouble = JournalDamaged(20311, "hash")

    assert "ring 010-123 45 67 och uppge kod J-20311" in wording.explain_trouble(trouble, support="010-123 45 67")
    assert "ring it-stödet" in wording.explain_trouble(trouble)


@pytest.mark.parametrize(
    ("trouble", "part"),
    [
        (NeedsRegion(None), "uppge kod N."),
        (NeedsRegion(41), "uppge kod N-41."),
        (UnsuitablePlace("network"), "en annan dator skriva i kassajournalen"),
        (UnsuitablePlace("synchronised"), "OneDrive"),
        (UnsuitablePlace("closed"), "får inte skriva i den"),
        (BadClinicFile("file"), "går inte att läsa som TOML"),
        (NotTheRegion(), "Kontrollera root_key"),
    ],
)
def test_a_till_that_cannot_start_says_what_to_do(trouble: Trouble, part: str) -> None:
    said = wording.explain_trouble(trouble, support="010-123 45 67")

    check_sentences(said)
    assert part in said
    assert "ring 010-123 45 67" in said


@pytest.mark.parametrize(
    ("why", "meaning"),
    [
        ("code", "inte en som den har gett ut (code)"),
        ("code-used", "redan använd (code-used)"),
        ("code-expired", "har gått ut (code-expired)"),
        ("code-locked", "är spärrad (code-locked)"),
        ("till", "gäller inte för de kassor som klinikfilen begär (till)"),
    ],
)
def test_a_code_that_is_refused_says_why_and_to_have_a_new_one(why: str, meaning: str) -> None:
    said = wording.explain_trouble(RefusedByRegion(why))

    check_sentences(said)
    assert meaning in said
    assert said.endswith("eller be förvaltaren om en ny.")


@pytest.mark.parametrize(
    ("free_bytes", "said"),
    [
        (2_999_999_999, "2 GB"),
        (1_000_000_000, "1 GB"),
        (999_999_999, "999 MB"),
        (5_900_000, "5 MB"),
        (999_999, "0 MB"),
    ],
)
def test_what_is_left_of_a_disk_is_never_said_to_be_more_than_it_is(free_bytes: int, said: str) -> None:
    assert wording.disk_left(free_bytes) == said


def test_a_disk_with_room_is_not_spoken_of_and_one_with_little_is_warned_of() -> None:
    said = [wording.disk_warning(DiskRoom(free)) for free in (1_000_000_000, 400_000_000, 99_000_000)]

    assert said[0] == ""
    check_sentences(said[1])
    check_sentences(said[2])
    assert "Du kan ta betalt i dag, men ring it-stödet före kvällen." in said[1]
    assert "Ta betalt i nästa kassa" in said[2]


def test_a_bad_configuration_names_the_place() -> None:
    assert "region.fees" in wording.explain_trouble(BadConfiguration("region.fees"))


# ── Language ─────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def _swedish_afterwards() -> Iterator[None]:
    yield
    i18n.use_language("sv")


@pytest.mark.usefixtures("_swedish_afterwards")
def test_without_a_catalogue_the_window_is_swedish(tmp_path: Path) -> None:
    i18n.use_language("en", tmp_path)

    assert wording.tender(Tender.CASH) == "Kontant"
    assert wording.amount_spoken(100) == "1 krona"


@pytest.mark.usefixtures("_swedish_afterwards")
def test_a_catalogue_translates_at_once_and_what_it_lacks_stays_swedish(tmp_path: Path) -> None:
    catalogue = Catalog(locale="en")
    catalogue.add("Kontant", "Cash")
    catalogue.add(("{count} krona", "{count} kronor"), ("{count} krona", "{count} kronas"))
    file = tmp_path / "en" / "LC_MESSAGES" / "kassaapp.mo"
    file.parent.mkdir(parents=True)
    with file.open("wb") as out:
        write_mo(out, catalogue)

    i18n.use_language("en", tmp_path)

    assert wording.tender(Tender.CASH) == "Cash"
    assert wording.amount_spoken(300) == "3 kronas"
    assert wording.tender(Tender.CARD) == "Kort"
