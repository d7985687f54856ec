"""Every line in gives one line out, and what is no act changes nothing."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from kassaapp import acts
from tests.desks import a_desk, an_open_till, asking

TEST = {"id": "6101182803", "name": "Test Testsson"}


@pytest.mark.parametrize(
    "line",
    [
        "",
        "not json",
        "[]",
        "1",
        '{"do":"fly"}',
        '{"do":["sell"]}',
        "{}",
        '{"do":"sign_in","user":"anber"}',
        '{"do":"sign_in","user":"anber","pin":123456}',
        '{"do":"sign_in","user":"anber","user":"erilu","pin":"123456"}',
        '{"do":"sign_in","user":"anber","pin":"123456","extra":1}',
        '{"do":"open_session","till":"H","counted_ore":1000.0}',
        '{"do":"open_session","till":"H","counted_ore":true}',
        '{"do":"open_session","till":"H","counted_ore":NaN}',
        '{"do":"open_session","till":"X","counted_ore":1000}',
        '{"do":"sell","till":"H","patient":"6101182803","lines":[{"article":1}],"pay":[]}',
        '{"do":"sell","till":"H","lines":{"article":1},"pay":[]}',
        '{"do":"sell","till":"H","lines":[{"article":"1"}],"pay":[]}',
        '{"do":"sell","till":"H","lines":[{"article":1}],"pay":[{"by":"gold"}]}',
        '{"do":"sell","till":"H","lines":[{"article":1}],"pay":[],"visit_date":"23/11"}',
        '{"do":"close_session","till":"H","pin":"123456"}',
        '{"do":"status","at":"2026-11-23T08:00:00"}',
        '{"do":"status","at":"soon"}',
        '{"do":"look_up","id":"\\ud800"}',
        "[" * 100_000,
    ],
)
def test_what_is_no_act_is_malformed_and_the_till_goes_on(tmp_path: Path, line: str) -> None:
    with an_open_till(tmp_path) as desk:
        records = desk.records("H")

        answer, goes_on = (json.loads(one) for one in acts.perform_all(desk, [line, '{"do":"status"}']))

        assert answer["ok"] is False
        assert answer["malformed"]
        assert goes_on["ok"] is True
        assert desk.records("H") == records


@pytest.mark.parametrize(
    ("lines", "pay", "refused"),
    [
        ([], [], "EmptyBasket"),
        ([{"article": 1, "quantity": 0}], [{"by": "card"}], "BadQuantity"),
        ([{"article": 1}], [{"by": "on_account"}], "BalanceTooLow"),
        ([{"article": 1}], [{"by": "card", "amount_ore": 19_999}], "PaymentDoesNotAddUp"),
        (
            [{"article": 1}],
            [{"by": "card", "amount_ore": -1}, {"by": "swish", "amount_ore": 20_001}],
            "PaymentDoesNotAddUp",
        ),
        ([{"article": 1}], [{"by": "cash"}, {"by": "cash"}], "PaymentDoesNotAddUp"),
        ([{"article": 1}], [{"by": "card"}, {"by": "cash"}], "PaymentDoesNotAddUp"),
        ([{"article": 2}], [{"by": "card", "amount_ore": 100}], "PaymentDoesNotAddUp"),
    ],
)
def test_a_basket_or_a_payment_that_cannot_be_is_refused_with_a_sentence(
    tmp_path: Path, lines: list[dict[str, Any]], pay: list[dict[str, Any]], refused: str
) -> None:
    with an_open_till(tmp_path) as desk:
        records = desk.records("H")

        answer = asking(desk)("sell", till="H", patient=TEST, lines=lines, pay=pay)

        assert answer["refused"] == refused
        assert answer["message"].endswith((".", "?", "…"))
        assert desk.records("H") == records


def test_a_receipt_can_be_read_again_as_lines_of_text(tmp_path: Path) -> None:
    with an_open_till(tmp_path) as desk:
        ask = asking(desk)
        ask("sell", till="H", patient=TEST, lines=[{"article": 1}], pay=[{"by": "card"}])

        text = ask("receipt", till="H", receipt=1)["text"]

        assert "Läkarbesök" in text
        assert "2803" not in text
        assert ask("receipt", till="H", receipt=2)["refused"] == "UnknownReceipt"


def test_protected_identity_is_recorded_without_a_name(tmp_path: Path) -> None:
    with an_open_till(tmp_path) as desk:
        ask = asking(desk)
        patient = {"id": "195009072553", "name": "Ska Inte Stå Här", "protected": True}
        ask("sell", till="H", patient=patient, lines=[{"article": 1}], pay=[{"by": "card"}])

        assert desk.history("H").sale(1).event.patient.name == "SKYDDADE PERSONUPPGIFTER"
        assert "name" not in ask("look_up", id="195009072553")
        assert "Ska Inte" not in ask("receipt", till="H", receipt=1)["text"]


def test_without_a_region_the_till_sells_and_says_what_waits(tmp_path: Path) -> None:
    with an_open_till(tmp_path) as desk:
        answer = asking(desk)("sync")

        waiting = desk.records("H") + desk.records("E")
        assert answer == {"ok": True, "unsent": waiting, "reachable": False, "proved_seq": -1}


def test_the_auditor_may_look_and_not_sell(tmp_path: Path) -> None:
    with an_open_till(tmp_path) as desk:
        ask = asking(desk)
        ask("sign_in", user="revis", pin="345678")

        sale = ask("sell", till="H", patient=TEST, lines=[{"article": 1}], pay=[{"by": "card"}])

        assert sale["refused"] == "NotAllowed"
        assert ask("x_report", till="H")["ok"]


def test_the_command_answers_line_by_line_and_goes_on_where_it_stopped(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "kassaapp", "acts", "--data", str(tmp_path / "till"), "--demo"]
    sign_in = '{"do":"sign_in","user":"anber","pin":"123456","at":"2026-11-23T07:42:00+01:00"}\n'
    morning = sign_in + '{"do":"open_session","till":"H","counted_ore":100000}\n'
    later = '{"do":"status"}\n'

    first = subprocess.run(command, input=morning, capture_output=True, text=True, check=True, encoding="utf-8")
    second = subprocess.run(command, input=later, capture_output=True, text=True, check=True, encoding="utf-8")

    assert [json.loads(line)["ok"] for line in first.stdout.splitlines()] == [True, True]
    assert json.loads(second.stdout)["tills"][0]["session"] == 1


def test_a_second_start_at_the_same_time_is_refused(tmp_path: Path) -> None:
    with a_desk(tmp_path):
        command = [sys.executable, "-m", "kassaapp", "acts", "--data", str(tmp_path)]

        second = subprocess.run(command, input="", capture_output=True, text=True, check=False, encoding="utf-8")

        assert second.returncode == 1
        assert json.loads(second.stdout)["trouble"] == "JournalInUse"


@pytest.mark.parametrize("raw", [b'{"do":"status","\\ud800":1}', b'{"do":"look_up","id":"\xc5sa"}', b"\xff"])
def test_bytes_that_are_no_text_are_malformed_and_the_till_goes_on(tmp_path: Path, raw: bytes) -> None:
    command = [sys.executable, "-m", "kassaapp", "acts", "--data", str(tmp_path / "till"), "--demo"]

    ended = subprocess.run(command, input=raw + b'\n{"do":"status"}\n', capture_output=True, check=True)

    first, second = (json.loads(line) for line in ended.stdout.splitlines())
    assert first["malformed"]
    assert second["ok"] is True
