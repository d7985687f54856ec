"""What the region logs: one JSON object a line, with the time, the level, the event, the chain and why. Nothing else.

    {"time":"2026-11-23T16:05:00.125Z","level":"warning","event":"fork","chain":"…","record":17}

Every sentence that the region's code logs stands in EVENTS with the word it becomes and the names of its values. A
sentence that does not stand there is logged as the bare event "message" without its values, and so is what libraries
say: no value comes into a line but by a name that was chosen for it, and none that was chosen can hold a person.
"""

import json
import logging
import sys
import traceback
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

EVENTS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "chain %s: %d records, next %d": ("stored", ("chain", "records", "next")),
    "chain %s: another record %d, signed by the same key": ("fork", ("chain", "record")),
    "chain %s: %d records brought in late": ("late", ("chain", "records")),
    "chain %s: succeeded by %s": ("succeeded", ("chain", "by")),
    "chain %s: ended before record %d (%s)": ("ended", ("chain", "record", "why")),
    "chain %s: quarantine is full at record %d": ("quarantine-full", ("chain", "record")),
    "chain %s: record %d in quarantine is damaged": ("quarantine-damaged", ("chain", "record")),
    "chain %s: signature of record %d does not verify": ("bad-signature", ("chain", "record")),
    "the clock is %d ms behind the newest entry: nothing is signed": ("clock-behind", ("ms",)),
    "the database holds %d entries but %d were signed": ("ledger-behind", ("entries", "signed")),
    "entries %d to %d are not what was stored": ("damaged", ("first", "last")),
    "database: %s": ("database", ("why",)),
    "patients: %s": ("patients", ("why",)),
    "database: %s; signatures wait": ("database", ("why",)),
    "database: from version %s to %s": ("migrated", ("from", "to")),
    "the server's database user could take the guards down; give it %s and nothing else": ("too-mighty", ("role",)),
    "refused: %s (%d)": ("refused", ("why", "status")),
    "hung up: %s (%d)": ("hung-up", ("why", "status")),
    "chain %s: refused: %s (%d)": ("refused", ("chain", "why", "status")),
}
"""Each logged sentence: its event, and the names of its values in their order."""
OTHER = "message"
_FRAMES = 12


class Lines(logging.Formatter):
    """Formats a record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        event, values = told(record)
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        line: dict[str, object] = {"time": at, "level": record.levelname.lower(), "event": event, **values}
        if event == OTHER:
            line["logger"] = record.name
        if record.exc_info and record.exc_info[0] is not None:
            line["why"] = record.exc_info[0].__name__  # Its text may hold anything.
            frames = traceback.extract_tb(record.exc_info[2])[-_FRAMES:]
            line["where"] = [f"{Path(one.filename).name}:{one.lineno} {one.name}" for one in frames]
        return json.dumps(line, ensure_ascii=False)


def told(record: logging.LogRecord) -> tuple[str, dict[str, object]]:
    """The event of a log record, and its values by name."""
    event, names = EVENTS.get(str(record.msg), (OTHER, ()))
    given = record.args if isinstance(record.args, tuple) else ()
    return (event, dict(zip(names, given, strict=True))) if len(names) == len(given) else (OTHER, {})


def begin(stream: TextIO | None = None, level: int = logging.INFO) -> logging.Handler:
    """Log lines to a stream (standard error), and nothing in another form. The handler, for who wants to end it."""
    handler = logging.StreamHandler(sys.stderr if stream is None else stream)
    handler.setFormatter(Lines())
    root = logging.getLogger()
    for other in [one for one in root.handlers if type(one) is logging.StreamHandler]:
        root.removeHandler(other)
    root.addHandler(handler)
    root.setLevel(level)
    logging.getLogger("uvicorn").setLevel(logging.WARNING)  # That it begins and ends is no event of the region's.
    return handler
