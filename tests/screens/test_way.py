"""Back is the way one came, and where it was locked is where one comes back to."""

from kassaapp.screens.way import Way


def test_a_step_back_leads_where_one_was() -> None:
    way = Way("sale")
    way.go("close", keep=False)
    way.go("receipts", keep=True)
    way.go("help", keep=True)

    steps = [(way.back(), way.place, way.is_back) for _ in range(3)]

    assert steps == [(True, "receipts", True), (True, "close", True), (False, "close", True)]


def test_to_go_where_one_has_been_is_to_go_back() -> None:
    way = Way("sale")
    way.go("close", keep=False)
    way.go("drawer", keep=True)
    way.go("receipts", keep=True)

    way.go("close", keep=True)

    assert (way.place, way.is_back) == ("close", True)
    assert not way.back()


def test_what_is_begun_anew_is_not_come_back_to() -> None:
    way = Way("sale")
    way.go("receipts", keep=False)
    way.go("history", keep=True)

    way.go("receipts", keep=True, anew=True)

    assert (way.place, way.is_back) == ("receipts", False)


def test_who_locked_is_back_where_it_was_locked_and_nobody_else_is() -> None:
    way = Way("sale")
    way.go("close", keep=False)
    way.go("help", keep=True)
    way.lock("anber")
    way.begin("login")

    by_another = way.unlock("erilu")
    way.begin("sale")
    way.lock("anber")
    way.begin("login")
    again = way.unlock("anber")

    assert (by_another, again, way.place, way.is_back) == (False, True, "sale", True)


def test_nothing_is_come_back_to_by_who_has_signed_out() -> None:
    way = Way("close")
    way.lock("anber")
    way.leave()

    assert not way.unlock("anber")
