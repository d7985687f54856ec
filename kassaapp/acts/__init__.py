"""The headless till: one JSON object a line in, one a line out. The same Register as the window's, with no Qt.

For acceptance tests, load, training material and programs that drive the till. Amounts are whole öre. A refusal and
a trouble answer with their name and a Swedish sentence; what is no act at all answers `malformed` and the till goes on.
Read `reading.py` for how a line is read, `visits.py` and `day.py` for the acts.
"""

import json
from collections.abc import Iterable, Iterator

from kassaapp import wording
from kassaapp.acts import day, visits
from kassaapp.acts.reading import Act, Answer, Given, MalformedAct, instant, json_object, read_one
from kassaapp.app import Desk
from kassaapp.domain.errors import Refused
from kassaapp.trouble import FATAL, Trouble

ACTS: dict[str, Act] = {**day.ACTS, **visits.ACTS}
"""Every act there is, by name."""


def perform_all(desk: Desk, lines: Iterable[str]) -> Iterator[str]:
    """Perform each line and answer it, in order. Raises DiskFailed, JournalDamaged after the answer that says so."""
    for line in lines:
        answer, fatal = perform(desk, line)
        yield _written(answer)
        if fatal is not None:
            raise fatal


def perform(desk: Desk, line: str) -> tuple[Answer, Trouble | None]:
    """Perform one line; the answer, and the failure after which the program must end, if any."""
    support = desk.support
    try:
        act, arguments = _read(desk, line)
        return {"ok": True, **act.do(desk, arguments)}, None
    except MalformedAct as malformed:
        return {"ok": False, "malformed": str(malformed)}, None
    except Refused as refused:
        message = wording.explain(refused, support=support)
        return {"ok": False, "refused": type(refused).__name__, "message": message}, None
    except Trouble as trouble:
        return _trouble(trouble), trouble if isinstance(trouble, FATAL) else None


def trouble_answer(trouble: Trouble) -> str:
    """The line that says a desk could not be opened."""
    return _written(_trouble(trouble))


def _read(desk: Desk, line: str) -> tuple[Act, Given]:
    given = json_object(line)
    name = given.pop("do", None)
    if not isinstance(name, str) or name not in ACTS:
        raise MalformedAct("unknown act")
    at = read_one("at", instant, given.pop("at")) if desk.clinic.demo and "at" in given else None
    arguments = ACTS[name].read(given)
    if arguments.get("till") is not None and arguments["till"] not in desk.tills:
        raise MalformedAct("no such till")
    if at is not None:
        desk.clock.set(at)
    return ACTS[name], arguments


def _trouble(trouble: Trouble) -> Answer:
    return {"ok": False, "trouble": type(trouble).__name__, "message": wording.explain_trouble(trouble)}


def _written(answer: Answer) -> str:
    return json.dumps(answer, ensure_ascii=False, separators=(",", ":"))
