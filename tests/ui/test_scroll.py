"""What has the keyboard is seen, also when something has come above it or it is higher than the page (UX A22)."""

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from kassaapp.ui import start
from kassaapp.ui.widgets.dress import add_all, column, label
from kassaapp.ui.widgets.field import LabelledField
from kassaapp.ui.widgets.flow import Page
from kassaapp.ui.widgets.paragraphs import Paragraphs
from kassaapp.ui.widgets.scroll import Scroll
from tests.ui import cut


def a_page(qtbot: QtBot, *parts: QWidget) -> Scroll:
    start.dressed()
    inside = Page()
    add_all(column(inside), *parts, None)
    scroll = Scroll(inside)
    qtbot.addWidget(scroll)
    scroll.resize(400, 200)
    scroll.show()
    scroll.activateWindow()
    qtbot.waitUntil(scroll.isActiveWindow)
    return scroll


def test_a_field_that_is_pushed_down_is_followed(qtbot: QtBot) -> None:
    above, field = label("Något nytt", wrap=True), LabelledField("Artikel")
    above.setFixedHeight(300)
    above.hide()
    scroll = a_page(qtbot, above, field)
    field.edit.take_focus()
    cut.settle()

    above.show()
    cut.settle()

    assert scroll.verticalScrollBar().value() > 0
    assert field.visibleRegion().boundingRect() == field.rect()


def test_of_what_is_higher_than_the_page_the_beginning_is_seen(qtbot: QtBot) -> None:
    leads, above = Paragraphs("Det här kan förklara skillnaden"), label("Skillnaden")
    above.setFixedHeight(300)
    scroll = a_page(qtbot, above, leads)
    leads.show_sentences(["En rad är tom. Är den räknad?"] * 20)
    cut.settle()

    leads.text.setFocus()
    cut.settle()

    assert leads.text.height() > scroll.viewport().height()
    assert leads.text.visibleRegion().boundingRect().top() == 0
