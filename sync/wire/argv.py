"""Ids and keys on a command line. One in 64 of them begins with "-", which argparse takes for an option."""

import re
import sys
from collections.abc import Sequence

_ID = re.compile(r"-[A-Za-z0-9_-]{21}|-[A-Za-z0-9_-]{42}")


def joined(arguments: Sequence[str] | None, *options: str) -> list[str]:
    """The arguments (those of the process when None), with the id that follows one of `options` written into it."""
    words: list[str] = []
    for word in sys.argv[1:] if arguments is None else arguments:
        if words and words[-1] in options and _ID.fullmatch(word):
            words[-1] += f"={word}"
        else:
            words.append(word)
    return words
