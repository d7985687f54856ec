"""Swedish is the source language of the window; another language is looked up, and what is missing stays Swedish.

Every sentence that a user reads on the screen goes through `_` or `ngettext` when it is shown, never when a module is
loaded, so that `use_language` takes effect at once. Paper is Swedish always and does not come here, nor does what goes
on record; a file that shares words with the window is written within `swedish`.

The other languages lie in resources/locale. `installer/translations.py` says what they lack.
"""

import gettext
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Literal

from kassaapp.paths import resource

Language = Literal["sv", "en"]

CATALOGUES = resource("locale")
_DOMAIN = "kassaapp"
_SWEDISH = gettext.NullTranslations()
_translations = _SWEDISH
_in_swedish: ContextVar[bool] = ContextVar("in_swedish", default=False)


def use_language(language: Language, catalogues: Path = CATALOGUES) -> None:
    """Show the window in `language` from now on. A language without a catalogue shows Swedish."""
    global _translations  # noqa: PLW0603 - the one language of the one window
    if language == "sv":
        _translations = _SWEDISH
    else:
        _translations = gettext.translation(_DOMAIN, catalogues, languages=[language], fallback=True)


@contextmanager
def swedish() -> Iterator[None]:
    """Within it, and on this thread alone, words are Swedish whatever the window's language is."""
    before = _in_swedish.set(True)
    try:
        yield
    finally:
        _in_swedish.reset(before)


def _(text: str) -> str:
    """Return `text` in the language of the window."""
    return text if _in_swedish.get() else _translations.gettext(text)


def ngettext(one: str, many: str, count: int) -> str:
    """Return `one` or `many`, as `count` and the language of the window demand."""
    return (_SWEDISH if _in_swedish.get() else _translations).ngettext(one, many, count)
