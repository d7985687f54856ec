"""What a hand does before the eye has followed: it is understood, or said where it belongs."""

from kassaapp.screens.frame import Place
from kassaapp.ui.receipts_view import ReceiptsWindow
from tests.ui.conftest import Counter
from tests.ui.keys import focused


def test_an_article_written_where_the_address_belongs_is_no_address(at_sale: Counter) -> None:
    other = at_sale.desk.register("E")
    other.open_session(other.till.float_ore)
    at_sale.known()
    at_sale.keys.type("6101182803")
    at_sale.keys.press("Enter", "F11")
    assert focused() is at_sale.sale.patient.address.edit

    at_sale.keys.type("103")
    at_sale.keys.press("Enter")

    part = at_sale.window.sale.view.patient
    assert part.address_error.startswith("Ange gatuadress, postnummer och ort.")
    assert focused() is at_sale.sale.patient.address.edit
    at_sale.keys.type("Provgatan 1, 123 45 Demostad")
    at_sale.keys.press("Enter")
    at_sale.keys.type("103")
    at_sale.keys.press("Enter")
    assert len(at_sale.window.sale.view.rows) == 1


def test_somebodys_number_written_where_the_article_belongs_is_pointed_to_its_field(at_sale: Counter) -> None:
    at_sale.keys.press("F3")
    at_sale.keys.type("610118-2803")

    at_sale.keys.press("Enter")

    error = at_sale.window.sale.view.article_error
    assert error == "Det ser ut som ett personnummer. Skriv det i fältet Patient (F2)."
    assert at_sale.sale.article.edit.text() == "610118-2803"


def test_alt_with_a_letter_that_is_nobodys_writes_nothing(at_sale: Counter) -> None:
    at_sale.keys.press("F3")
    assert focused() is at_sale.sale.article.edit

    at_sale.keys.press("Alt+S")

    assert at_sale.sale.article.edit.text() == ""


def test_a_long_name_without_a_space_keeps_the_window_in_the_screen(at_sale: Counter) -> None:
    at_sale.known(name="Namnsson" * 12)

    at_sale.keys.type("6101182803")
    at_sale.keys.press("Enter")

    assert at_sale.sale.patient.line.text().replace("\u200b", "") == f"19610118-2803  ·  {'Namnsson' * 12}  ·  65 år"
    assert at_sale.sale.patient.line.minimumSizeHint().width() < 300


def test_down_in_the_search_goes_to_the_list(at_sale: Counter) -> None:
    at_sale.known()
    at_sale.keys.press("F9", "Down")

    room = at_sale.window.rooms[Place.RECEIPTS]
    assert isinstance(room, ReceiptsWindow)
    assert focused() is room.table


def test_the_rows_of_the_wrong_patients_receipt_wait_for_the_right_one(at_sale: Counter) -> None:
    at_sale.known()
    at_sale.keys.type("6101182803")
    at_sale.keys.press("Enter")
    at_sale.keys.type("1")
    at_sale.keys.press("Enter", "F6", "Enter", "Alt+M")
    at_sale.keys.type("1")
    at_sale.keys.press("Enter", "Alt+O")
    asked = at_sale.window.sale.view.notice

    at_sale.keys.type("195009072553")
    at_sale.keys.press("Enter")
    at_sale.keys.type("Tolv Tolvansson")
    at_sale.keys.press("Enter")

    assert asked == "Ange rätt patient. Sedan läggs raderna från kvittot till."
    assert [row.text for row in at_sale.window.sale.view.rows] == ["Läkarbesök"]
    at_sale.keys.press("F6", "Enter")
    last = at_sale.desk.history("H").sale(at_sale.receipts).event
    assert last.patient.name == "Tolv Tolvansson"


def test_enter_leads_through_a_difference_to_the_signature(at_sale: Counter) -> None:
    keys = at_sale.keys
    keys.press("F10", "6")
    at_sale.closing.count.total_field.take_focus()
    keys.type("950")
    keys.press("Enter", "Enter", "Enter", "Down", "Enter")
    keys.type("en femtiolapp")
    keys.press("Enter")

    keys.type("123456")
    keys.press("Enter")

    closing = at_sale.desk.history("H").last_closing()
    assert closing is not None
    assert closing.event.reason == "Fel växel: en femtiolapp"


def test_enter_leads_through_another_float_to_the_open_till(counter: Counter) -> None:
    counter.sign_in()
    counter.opening.count.total_field.take_focus()
    counter.keys.type("900")

    counter.keys.press("Enter", "Down", "Enter", "Enter", "Enter")

    assert counter.is_open()


def test_a_quick_article_while_the_frikort_is_entered_leaves_the_keyboard_there(at_sale: Counter) -> None:
    at_sale.known()
    at_sale.keys.type("6101182803")
    at_sale.keys.press("Enter", "Alt+K")

    at_sale.keys.press("Ctrl+2", "Enter", "Enter")

    assert len(at_sale.window.sale.view.rows) == 1
    assert at_sale.receipts == 1
    assert focused().isVisible()


def test_an_amount_typed_at_the_question_about_charging_again_answers_nothing(at_sale: Counter) -> None:
    at_sale.known()
    for _ in range(2):
        at_sale.keys.type("6101182803")
        at_sale.keys.press("Enter")
        at_sale.keys.type("1")
        at_sale.keys.press("Enter", "F5")
        at_sale.keys.type("2200")
        at_sale.keys.press("Enter")
        at_sale.keys.press("2")  # The change is right, the first time; the second, nothing is open.
    after_the_amount = at_sale.receipts

    at_sale.keys.press("F5", "Alt+T", "Enter")

    assert (after_the_amount, at_sale.receipts) == (2, 3)


def test_a_reason_is_a_digit_and_annat_asks_for_words(counter: Counter) -> None:
    counter.sign_in()
    counter.opening.count.total_field.take_focus()
    counter.keys.pad("1200", "=", "5", "=", "=", "=")
    wanted, there = counter.opening.error.text(), focused() is counter.opening.reason.note.edit

    counter.keys.press("Shift+Tab")
    counter.keys.pad("2", "=", "=", "=")

    opened = counter.desk.register("H").state.session
    assert (wanted, there) == ("Skriv orsaken med egna ord.", True)
    assert opened is not None
    assert counter.is_open()


def test_esc_at_the_reason_goes_back_to_the_count(counter: Counter) -> None:
    counter.sign_in()
    counter.opening.count.total_field.take_focus()
    counter.keys.type("1200")
    counter.keys.press("Enter")

    counter.keys.press("Esc")

    assert counter.opening.reason.isHidden()
    assert focused() is counter.opening.count.total_field
    assert counter.opening.count.total_field.text() == "1200"


def test_an_article_that_waits_for_the_other_till_is_not_left_for_the_next_patient(at_sale: Counter) -> None:
    at_sale.known()
    at_sale.keys.type("6101182803")
    at_sale.keys.press("Enter", "Ctrl+1")
    at_sale.keys.type("103")
    at_sale.keys.press("Enter")
    asked = at_sale.sale.question.isVisible()

    at_sale.keys.press("Enter")

    assert asked
    assert at_sale.sale.article.edit.text() == ""
    assert len(at_sale.sale.tiles.buttons) == 8
