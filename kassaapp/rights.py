"""Carries a till's requests for rights to money a conto to the region, and brings the answers back to be recorded.

Two threads meet here and nowhere else: `carry` speaks with the region on the thread that does, and writes nothing;
`write_down` records on the thread of the till. An answer that is lost in between is asked for again under the same id,
and is the same answer.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Protocol

from kassaapp.domain.events import RightsAsked, RightsReleased
from kassaapp.domain.state import RegisterState
from sync.client import accounts
from sync.client.accounts import Moving
from sync.client.errors import Offline, Rejected
from sync.client.transport import Sender
from sync.wire.accounts import Ask, account
from sync.wire.canonical import from_text
from sync.wire.errors import Malformed

_NOT_SO_MUCH = ("too-little", "closed")
"""Why the region gives nothing, and will not give more if it is asked again."""
log = logging.getLogger(__name__)


class Till(Protocol):
    """What carrying needs of a till. `register.Register` fits."""

    @property
    def state(self) -> RegisterState:
        """The till as its events left it; never changed, only replaced, so that any thread may read it."""

    def take_answer(self, request: str, moved_ore: int, free_ore: int) -> None:
        """Record an answer."""


@dataclass(frozen=True, slots=True)
class _Answer:
    request: str
    moved_ore: int
    free_ore: int


class Rights:
    """The requests of one till, on their way."""

    def __init__(self, till: Till, line: Moving, sender: Sender) -> None:
        self._till = till
        self._line = line
        self._sender = sender
        self._answers = SimpleQueue[_Answer]()
        self._answered: set[str] = set()

    def carry(self) -> None:
        """Ask the region what is open. Call it when the region has every record of the till: then a request is never
        known to the region alone. What fails stays open, and is asked again."""
        requests: Mapping[str, RightsAsked | RightsReleased] = self._till.state.open_requests
        self._answered &= set(requests)
        for request, one in requests.items():
            if request in self._answered:
                continue
            try:
                answer = self._ask(request, one)
            except (Offline, Malformed) as trouble:
                log.warning("rights: %s", type(trouble).__name__)
                return
            if answer is not None:
                self._answered.add(request)
                self._answers.put(answer)

    def write_down(self) -> None:
        """Record the answers that have come."""
        while True:
            try:
                answer = self._answers.get_nowait()
            except Empty:
                return
            self._till.take_answer(answer.request, answer.moved_ore, answer.free_ore)

    def _ask(self, request: str, one: RightsAsked | RightsReleased) -> _Answer | None:
        """The region's answer; None when it will be another later. Raises Offline, Malformed."""
        asked = Ask(self._account(one), one.amount_ore, from_text(request))
        ask = accounts.give_back if isinstance(one, RightsReleased) else accounts.ask_grant
        try:
            stands = ask(self._line, self._sender, asked)
        except Rejected as rejected:
            log.info("rights: the region refused: %s", rejected.why)
            if isinstance(one, RightsReleased) or rejected.why not in _NOT_SO_MUCH:
                return None
            return _Answer(request, 0, self._free_ore(asked))
        return _Answer(request, stands.moved_ore, max(stands.free_ore, 0))

    def _free_ore(self, asked: Ask) -> int:
        """What could be had instead, in öre; 0 when the region does not say."""
        try:
            stands = accounts.ask_grant(self._line, self._sender, accounts.new_ask(asked.account, 0))
        except Rejected:
            return 0
        return max(stands.free_ore, 0)

    def _account(self, one: RightsAsked | RightsReleased) -> bytes:
        state, whose = self._till.state, one.patient.id
        return account(state.clinic, state.till, whose.kind.value, whose.reveal())
