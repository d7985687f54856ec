"""How the window looks: marked first and in force when it is said; the keys for larger text at once."""

from kassaapp.display import Display, ThemeChoice
from kassaapp.screens.display import DisplayScreen

TEXT, THEME, LANGUAGE, SOUND, DOUBLE = range(5)


class Desk:
    """What a display screen tells, with a disk that keeps it or does not."""

    def __init__(self, display: Display | None = None, *, keeps: bool = True, contrast: bool = False) -> None:
        self.worn: list[Display] = []
        self.kept: list[Display] = []
        self._keeps = keeps
        self.screen = DisplayScreen(
            display or Display(), wear=self.worn.append, keep=self._keep, has_contrast=lambda: contrast
        )

    def _keep(self, display: Display) -> bool:
        self.kept.append(display)
        return self._keeps


def test_what_is_marked_is_in_force_when_it_is_said_and_not_before() -> None:
    desk = Desk()
    for setting, number in ((TEXT, 2), (THEME, 2), (LANGUAGE, 1), (SOUND, 1), (DOUBLE, 2)):
        desk.screen.choose(setting, number)
    before = list(desk.worn)

    desk.screen.use()

    wanted = Display(150, ThemeChoice.CONTRAST, "en", sound=False, double_press_ms=1000)
    assert (before, desk.worn, desk.kept, desk.screen.worn) == ([], [wanted], [wanted], wanted)
    assert desk.screen.view.done == "Inställningarna gäller nu."


def test_what_is_in_force_is_marked_when_the_screen_is_opened() -> None:
    desk = Desk(Display(200, ThemeChoice.DARK, "en", sound=False, double_press_ms=300))
    desk.screen.choose(TEXT, 0)

    desk.screen.begin()

    assert [choice.chosen for choice in desk.screen.view.choices] == [3, 1, 1, 1, 0]


def test_every_choice_has_words_for_all_it_can_be() -> None:
    choices = Desk().screen.view.choices

    assert [choice.title for choice in choices] == [
        "Textstorlek", "Tema", "Språk", "Ljud", "Skydd mot dubbeltryck",
    ]  # fmt: skip
    assert choices[TEXT].words == ("100 %", "125 %", "150 %", "200 %")
    assert choices[THEME].words == ("Ljust", "Mörkt", "Hög kontrast", "Följ systemet")


def test_the_keys_for_text_size_work_at_once_and_stop_at_the_ends() -> None:
    desk = Desk()

    for key in (desk.screen.larger, desk.screen.larger, desk.screen.smaller, desk.screen.normal, desk.screen.smaller):
        key()

    assert [display.text_percent for display in desk.worn] == [125, 150, 125, 100]
    assert desk.kept == desk.worn


def test_a_disk_that_does_not_keep_it_is_told() -> None:
    desk = Desk(keeps=False)

    desk.screen.larger()

    assert not desk.screen.view.kept
    assert desk.screen.view.done.endswith("De kunde inte sparas på disken.")
    assert desk.screen.worn.text_percent == 125


def test_a_contrast_theme_of_the_computer_is_told_of() -> None:
    assert Desk(contrast=True).screen.view.note.startswith("Datorns eget kontrasttema används.")
    assert Desk().screen.view.note == ""


def test_whoever_draws_the_window_anew_finds_that_it_is_done() -> None:
    said: list[str] = []
    screen = DisplayScreen(
        Display(), wear=lambda _: said.append(screen.view.done), keep=lambda _: True, has_contrast=lambda: False
    )

    screen.larger()

    assert said == ["Inställningarna gäller nu."]
