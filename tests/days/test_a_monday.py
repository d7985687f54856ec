"""A whole Monday at Ekbacken, told in order, through the acts of the headless till."""

from pathlib import Path
from typing import Any

from kassaapp.app import Desk
from tests.desks import a_desk, asking

TEST = {"id": "6101182803", "name": "Test Testsson"}
TWENTY = {"id": "200512312398", "name": "Tyra Tjugo"}
EIGHTY_SIX = {"id": "194004057032", "name": "Åke Äldre"}
DAY = "2026-11-23T"


def at(clock: str) -> dict[str, str]:
    return {"at": f"{DAY}{clock}:00+01:00"}


Given = dict[str, Any]


class Monday:
    """The day at the counter, told in parts."""

    def __init__(self, desk: Desk) -> None:
        self.ask = asking(desk)

    def sell(self, clock: str, patient: Given, article: int, *pay: Given, **more: Any) -> Given:
        """Register a visit at that time."""
        lines = [{"article": article}]
        return self.ask("sell", till="H", patient=patient, lines=lines, pay=list(pay), **more, **at(clock))

    def anna_arrives(self) -> None:
        # Anna arrives, and cannot sell before the float is counted.
        assert self.ask("sign_in", user="anber", pin="123456", **at("07:42")) == {
            "ok": True,
            "name": "Anna Berg",
            "roles": ["cashier"],
        }
        assert self.sell("07:43", TEST, 1, {"by": "card"})["refused"] == "NoOpenSession"
        assert self.ask("open_session", till="H", counted_ore=95_000)["refused"] == "ReasonMissing"
        opened = self.ask("open_session", till="H", counted_ore=95_000, reason="En femtiolapp saknas")
        assert opened == {"ok": True, "session": 1, "difference_ore": -5_000}
        assert self.ask("open_session", till="H", counted_ore=95_000)["refused"] == "SessionAlreadyOpen"

    def paid_and_free_visits(self) -> None:
        # Five hundred for two hundred.
        first = self.sell("08:02", TEST, 1, {"by": "cash", "given_ore": 50_000})
        assert (first["receipt"], first["total_ore"], first["change_ore"]) == (1, 20_000, 30_000)
        assert self.ask("look_up", id="610118-2803") == {
            "ok": True,
            "kind": "personnummer",
            "oid": "1.2.752.129.2.1.3.1",
            "id": "196101182803",
            "age": 65,
            "name": "Test Testsson",
        }

        # Free visits are registered too: a nurse, a teenager on the day before turning twenty, and an 86-year-old.
        nurse = self.sell("08:10", TEST, 2)
        assert (nurse["total_ore"], nurse["lines"][0]["reason"]) == (0, "free_visit")
        teenager = self.sell("08:20", TWENTY, 1, visit_date="2025-12-30")
        assert (teenager["total_ore"], teenager["lines"][0]["reason"]) == (0, "under_age")
        adult = self.sell("08:21", TWENTY, 1, {"by": "swish"}, visit_date="2025-12-31")
        assert adult["total_ore"] == 20_000
        old = self.sell("08:30", EIGHTY_SIX, 1)
        assert (old["total_ore"], old["lines"][0]["reason"]) == (0, "over_age")

    def ceiling_and_frikort(self) -> None:
        # The last of the ceiling, then a frikort; a missed visit costs all the same.
        near = {**TEST, "paid_in_window_ore": 135_000, "window_from": "2026-03-10"}
        part = self.sell("09:00", near, 1, {"by": "card", "reference": "0042"})
        assert (part["total_ore"], part["counts_ore"], part["frikort_reached"]) == (10_000, 10_000, True)
        holder = {**TEST, "frikort_until": "2027-03-09"}
        free = self.sell("09:10", holder, 1)
        assert (free["total_ore"], free["lines"][0]["reason"]) == (0, "frikort")
        missed = self.sell("09:20", holder, 5, {"by": "card"})
        assert (missed["total_ore"], missed["counts_ore"]) == (40_000, 0)

    def refusals(self) -> None:
        # Refusals leave the journal as it was.
        records = self.ask("status")["tills"][0]["records"]
        assert self.sell("09:30", {"name": "Ingen Alls"}, 1, {"by": "card"})["refused"] == "NoPatient"
        assert self.sell("09:30", {"id": "6101182803"}, 1, {"by": "card"})["refused"] == "NoName"
        assert self.sell("09:30", {"id": "191212121213", "name": "Fel"}, 1, {"by": "card"})["refused"] == "BadIdentity"
        assert self.sell("09:30", {"id": "196113182803", "name": "Fel"}, 1, {"by": "card"})["refused"] == "BadIdentity"
        assert self.sell("09:30", TEST, 77, {"by": "card"})["refused"] == "UnknownArticle"
        assert self.sell("09:30", TEST, 103, {"by": "card"})["refused"] == "WrongTill"
        assert self.sell("09:30", TEST, 1, {"by": "cash", "given_ore": 19_900})["refused"] == "PaymentDoesNotAddUp"
        assert self.sell("09:30", TEST, 1)["refused"] == "PaymentDoesNotAddUp"
        assert self.ask("status")["tills"][0]["records"] == records

    def a_break(self) -> None:
        # A coffee break behind a locked till.
        assert self.ask("lock", **at("09:45"))["ok"]
        assert self.sell("09:46", TEST, 1, {"by": "card"})["refused"] == "NotSignedIn"
        assert self.ask("sign_in", user="anber", pin="123457")["refused"] == "WrongPin"
        assert self.ask("sign_in", user="erilu", pin="234567", **at("10:00"))["ok"]
        split = self.sell("10:05", TEST, 1, {"by": "card", "amount_ore": 5_000}, {"by": "cash", "amount_ore": 15_000})
        assert split["receipt"] == 9

    def erik_closes(self) -> None:
        # Erik counts: ten kronor short, which needs a reason; the card list agrees.
        close = {"till": "H", "counted_ore": 129_000, "card_ore": 55_000, "swish_ore": 20_000, "pin": "234567"}
        assert self.ask("close_session", **close, **at("16:30"))["refused"] == "ReasonMissing"
        closed = self.ask("close_session", **close, reason="Fel växel", **at("16:31"))
        figures = closed["figures"]
        assert closed["z"] == figures["c"] == 1
        assert figures["f"] == 110_000
        assert figures["p"] == {"card": 55_000, "cash": 35_000, "swish": 20_000}
        assert (figures["l"], figures["k"], figures["j"]) == (9, 9, 0)
        assert figures["h"] == {"exempt": 110_000}
        assert figures["i"] == {"opening_ore": 95_000, "changes_ore": 0}
        assert (figures["u"], figures["v"], figures["w"]) == (110_000, 0, 110_000)
        assert figures["zero_registrations"] == {"free_visit": 1, "frikort": 1, "over_age": 1, "under_age": 1}
        assert figures["expected_ore"] == {"card": 55_000, "cash": 130_000, "swish": 20_000}
        assert figures["difference_ore"] == {"card": 0, "cash": -1_000, "swish": 0}
        assert figures["cashiers"] == [
            {"user": "anber", "count": 8, "ore": 90_000},
            {"user": "erilu", "count": 1, "ore": 20_000},
        ]
        assert self.ask("sign_out")["ok"]


def test_a_monday(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        monday = Monday(desk)
        monday.anna_arrives()
        monday.paid_and_free_visits()
        monday.ceiling_and_frikort()
        monday.refusals()
        monday.a_break()
        monday.erik_closes()

    # Tuesday: what was left in the drawer is what is expected there, and the numbers go on.
    with a_desk(tmp_path) as desk:
        ask = asking(desk)
        ask("sign_in", user="anber", pin="123456", at="2026-11-24T07:40:00+01:00")
        assert ask("open_session", till="H", counted_ore=129_000) == {"ok": True, "session": 2, "difference_ore": 0}
        sold = ask("sell", till="H", patient=TEST, lines=[{"article": 1}], pay=[{"by": "card"}])
        assert sold["receipt"] == 10


def test_a_till_left_open_over_night_is_closed_before_it_sells(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        ask = asking(desk)
        ask("sign_in", user="anber", pin="123456", at="2026-11-23T07:40:00+01:00")
        ask("open_session", till="H", counted_ore=100_000)
        visit = {"till": "H", "patient": TEST, "lines": [{"article": 1}], "pay": [{"by": "card"}]}

        late = ask("sell", **visit, at="2026-11-24T00:05:00+01:00")

        assert late["refused"] == "LateClose"
        assert ask("close_session", till="H", counted_ore=100_000, pin="123456")["z"] == 1
        assert ask("open_session", till="H", counted_ore=100_000)["session"] == 2
        assert ask("sell", **visit)["receipt"] == 1


def test_five_wrong_pins_close_the_door_for_a_quarter_of_an_hour(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        ask = asking(desk)
        for _ in range(4):
            assert ask("sign_in", user="anber", pin="000000")["refused"] == "WrongPin"
        assert ask("sign_in", user="anber", pin="000000")["refused"] == "TooManyAttempts"
        assert ask("sign_in", user="anber", pin="123456")["refused"] == "TooManyAttempts"
        assert ask("sign_in", user="erilu", pin="234567")["ok"]

        later = ask("sign_in", user="anber", pin="123456", at="2026-11-23T08:00:00+01:00")

        assert later["ok"]
