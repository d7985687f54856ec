"""Swedish is the source language of the window; another language is looked up, and what is missing stays Swedish.

Every sentence that a user reads on the screen goes through `_` or `ngettext` when it is shown, never when a module is
loaded, so that `use_language` takes effect at once. Paper is Swedish always and does not come here; neither is what goes
on record.

The other languages lie in resources/locale. `installer/translations.py` says what they lack.
"""

import gettext
from pathlib import Path
from typing import Literal

from kassaapp.paths import resource

Language = Literal["sv", "en"]

CATALOGUES = resource("locale")
_DOMAIN = "kassaapp"
_translations = gettext.NullTranslations()


def use_language(language: Language, catalogues: Path = CATALOGUES) -> None:
    """Show the window in `language` from now on. A language without a catalogue shows Swedish."""
    global _translations  # noqa: PLW0603 - the one language of the one window
    if language == "sv":
        _translations = gettext.NullTranslations()
    else:
        _translations = gettext.translation(_DOMAIN, catalogues, languages=[language], fallback=True)


def _(text: str) -> str:
    """Return `text` in the language of the window."""
    return _translations.gettext(text)


def ngettext(one: str, many: str, count: int) -> str:
    """Return `one` or `many`, as `count` and the language of the window demand."""
    return _translations.ngettext(one, many, count)
