"""The program's log: some files in the desk's folder that never grow beyond a few megabytes, and hold nobody's number.

Nothing in the program logs a person; that whatever looks like an identity number is masked all the same is a second
net, under what a library or the text of an error might say. What ends Python itself is written beside it, in words of
the interpreter (`crash.log`).
"""

import faulthandler
import logging
import re
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import TextIO

from kassaapp import VERSION

FOLDER = "logs"
NAME = "kassa.log"
CRASH_NAME = "crash.log"
MAX_BYTES = 1_000_000
KEPT = 4
"""So many full files beside the one that is written."""
_LINE = "%(asctime)s %(levelname)s %(name)s %(message)s"
_NUMBER = re.compile(r"(?<!\d)(?:\d{2})?\d{6}[-+ ]?(?:\d{4}|[A-Z0-9]{4})(?![0-9A-Za-z])")
_crashes: list[TextIO] = []


def masked(text: str) -> str:
    """The text without what could be somebody's number, and without the name of the account in paths."""
    return _NUMBER.sub("••••••", text).replace(str(Path.home()), "~")


class _Masking(logging.Formatter):
    """Masks the whole line, the trace of an error too."""

    def format(self, record: logging.LogRecord) -> str:
        return masked(super().format(record))


def begin(folder: Path) -> None:
    """From now on what is logged is also written in the desk's folder. A disk that will not have it stops nothing."""
    try:
        (folder / FOLDER).mkdir(exist_ok=True)
        to_file = RotatingFileHandler(folder / FOLDER / NAME, maxBytes=MAX_BYTES, backupCount=KEPT, encoding="utf-8")
        crashes = (folder / FOLDER / CRASH_NAME).open("a", encoding="utf-8")
    except OSError as error:
        logging.getLogger(__name__).warning("no log in the desk's folder: %s", type(error).__name__)
        return
    to_file.setFormatter(_Masking(_LINE))
    logging.getLogger().addHandler(to_file)
    began = {"name": __name__, "levelno": logging.INFO, "levelname": "INFO", "msg": f"version {VERSION} begins"}
    to_file.handle(logging.makeLogRecord(began))
    end_crash_file()
    _crashes.append(crashes)
    faulthandler.enable(crashes)


def end_crash_file() -> None:
    """Let go of the file for crashes."""
    while _crashes:
        faulthandler.disable()
        _crashes.pop().close()
