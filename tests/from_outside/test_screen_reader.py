"""The till as a screen reader tells it and a person works it, from outside the program (UX 5, T2: A36, A46)."""

from collections.abc import Iterator

import pytest

from kassaapp import demo
from kassaapp.app import Clock
from tests.from_outside.accessibility import Screen
from tests.from_outside.session import LAUNCHER, till_on_a_screen

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not LAUNCHER.exists(), reason="no AT-SPI on this machine")]


@pytest.fixture(scope="module")
def screen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Screen]:
    data = tmp_path_factory.mktemp("till")
    demo.enrol(data, now=Clock())
    with till_on_a_screen(data) as screen:
        screen.wait(lambda: screen.find("frame", "Logga in").is_active)
        yield screen


def nameless(screen: Screen) -> list[str]:
    """What the keyboard reaches and nobody is told the name of."""
    return [node.role for node in screen.nodes() if node.is_focusable and not node.name]


def test_a_visit_is_taken_by_one_who_hears_the_screen(screen: Screen) -> None:
    """One test, since it is one sitting: from the login to the receipt."""
    screen.find("text", "Användare")
    assert nameless(screen) == []
    screen.type("anber")
    screen.key("Enter")
    screen.type("123456")
    screen.key("Enter")

    screen.find("frame", "Öppna kassa")
    assert nameless(screen) == []
    screen.type("1")
    screen.key(*["Enter"] * 10)
    screen.rest()
    screen.key("Enter")

    screen.find("frame", "Försäljning")
    assert nameless(screen) == []
    screen.type("6101182803")
    screen.key("Enter")
    screen.find("text", "Namn")
    screen.type("Test Testsson")
    screen.key("Enter")
    screen.type("1")
    screen.key("Enter")
    screen.find("label", "Att betala 200 kronor")
    assert "200,00" not in screen.find("label", "Att betala 200").name
    screen.key("F6")
    screen.find("push button", "Godkänt")
    assert nameless(screen) == []
    screen.rest()
    screen.key("Enter")

    screen.find("label", "Betalt")
    heard = screen.text()
    assert "2803" not in heard


@pytest.mark.parametrize("keys", ["F1", "F10 4", "F10 7"])
def test_no_screen_has_a_nameless_control(screen: Screen, keys: str) -> None:
    """The menu's own rows are told as they are reached; Qt has no popup in the tree."""
    for key in keys.split():
        screen.key(key) if key.startswith("F") else screen.type(key)
    screen.find("push button", "Tillbaka")

    assert nameless(screen) == []
    screen.key("Esc")
    screen.find("frame", "Försäljning")
