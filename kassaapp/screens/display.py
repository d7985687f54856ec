"""How the window looks and sounds, chosen by whoever sits there (UX 2.18). Nothing changes before it is said to; the
keys for larger and smaller text do at once."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from kassaapp.display import DOUBLE_PRESS_MS, LANGUAGES, TEXT_PERCENTS, Display, ThemeChoice
from kassaapp.i18n import _

_THEMES = (ThemeChoice.LIGHT, ThemeChoice.DARK, ThemeChoice.CONTRAST, ThemeChoice.SYSTEM)


@dataclass(frozen=True, slots=True)
class Choice:
    """One setting: its title, what it can be, and which is marked."""

    title: str
    words: tuple[str, ...]
    chosen: int


@dataclass(frozen=True, slots=True)
class DisplayView:
    """All that is shown. The choices stand in the order of `DisplayScreen.choose`. `note` tells of what the computer
    decides, `done` that the settings are in force, and `kept` whether they will be at the next start."""

    heading: str
    choices: tuple[Choice, ...]
    note: str
    button: str
    done: str
    kept: bool


class DisplayScreen:
    """`wear` puts settings in force, and `keep` says whether they are kept for the next start; `has_contrast` whether
    the computer has a contrast theme of its own."""

    def __init__(
        self,
        display: Display,
        *,
        wear: Callable[[Display], None],
        keep: Callable[[Display], bool],
        has_contrast: Callable[[], bool],
    ) -> None:
        self._worn = self._wanted = display
        self._wear = wear
        self._keep = keep
        self._has_contrast = has_contrast
        self._is_done, self._kept = False, True

    @property
    def worn(self) -> Display:
        """The settings in force."""
        return self._worn

    def begin(self) -> None:
        """The screen is opened: what is in force is marked."""
        self._wanted = self._worn
        self._is_done, self._kept = False, True

    @property
    def view(self) -> DisplayView:
        """What is shown."""
        wanted = self._wanted
        return DisplayView(
            heading=_("Visning"),
            choices=(
                Choice(_("Textstorlek"), _percents(), TEXT_PERCENTS.index(wanted.text_percent)),
                Choice(_("Tema"), _themes(), _THEMES.index(wanted.theme)),
                Choice(_("Språk"), ("Svenska", "English"), LANGUAGES.index(wanted.language)),
                Choice(_("Ljud"), (_("På"), _("Av")), 0 if wanted.sound else 1),
                Choice(_("Skydd mot dubbeltryck"), _times(), DOUBLE_PRESS_MS.index(wanted.double_press_ms)),
            ),
            note=self._note(),
            button=_("Använd"),
            done=self._done(),
            kept=self._kept,
        )

    # ── wishes ───────────────────────────────────────────────────────────────────────────────────────────────────

    def choose(self, setting: int, number: int) -> None:
        """Mark a choice: `setting` counts as `view.choices`. It is not in force yet."""
        self._is_done = False
        match setting:
            case 0:
                self._wanted = replace(self._wanted, text_percent=TEXT_PERCENTS[number])
            case 1:
                self._wanted = replace(self._wanted, theme=_THEMES[number])
            case 2:
                self._wanted = replace(self._wanted, language=LANGUAGES[number])
            case 3:
                self._wanted = replace(self._wanted, sound=number == 0)
            case _:
                self._wanted = replace(self._wanted, double_press_ms=DOUBLE_PRESS_MS[number])

    def use(self) -> None:
        """Put what is marked in force, and keep it."""
        self._worn = self._wanted
        self._kept = self._keep(self._worn)
        self._is_done = True  # Before they are worn: the window is drawn anew then, and says so.
        self._wear(self._worn)

    def larger(self) -> None:
        """Larger text, at once."""
        self._use_at_once(self._worn.larger())

    def smaller(self) -> None:
        """Smaller text, at once."""
        self._use_at_once(self._worn.smaller())

    def normal(self) -> None:
        """Text of the normal size, at once."""
        self._use_at_once(replace(self._worn, text_percent=TEXT_PERCENTS[0]))

    # ── inside ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _use_at_once(self, display: Display) -> None:
        if display != self._worn:
            self._wanted = display
            self.use()

    def _done(self) -> str:
        if not self._is_done:
            return ""
        if self._kept:
            return _("Inställningarna gäller nu.")
        return _("Inställningarna gäller tills programmet stängs. De kunde inte sparas på disken.")

    def _note(self) -> str:
        if not self._has_contrast():
            return ""
        return _("Datorns eget kontrasttema används. Temat du väljer här gäller när det stängs av i datorn.")


def _percents() -> tuple[str, ...]:
    return tuple(_("{percent} %").format(percent=percent) for percent in TEXT_PERCENTS)


def _themes() -> tuple[str, ...]:
    return (_("Ljust"), _("Mörkt"), _("Hög kontrast"), _("Följ systemet"))


def _times() -> tuple[str, ...]:
    return tuple(_("{count} millisekunder").format(count=count) for count in DOUBLE_PRESS_MS)
