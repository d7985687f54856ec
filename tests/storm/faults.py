"""Makes one step of a server's work fail: before it is done, or after, when it is done and the server does not know.

A step is a statement or a commit of its database, or a signature of its ledger signer (RECORDS 4.2, T12).
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.exc import OperationalError

from sync.server.region import Region
from sync.server.signer import Head, LedgerSigner
from sync.wire.checkpoint import Checkpoint

COMMIT = "COMMIT"


class When(StrEnum):
    """Whether what the failing step does lasts."""

    NOT_DONE = "not done"
    DONE = "done but it says not"


class Lost(OperationalError):
    """The database went away."""

    def __init__(self) -> None:
        super().__init__("a step", None, Exception("injected"))


class Steps:
    """Notes the steps of a region's database, and fails step number `fails_at` (from 0), once.

    `strike` is what happens there; by default the step raises `Lost`."""

    def __init__(self, engine: Engine) -> None:
        self.names: list[str] = []
        """What each step was: the beginning of a statement, or COMMIT."""
        self.fails_at: int | None = None
        self.when = When.NOT_DONE
        self.strike: Callable[[], None] = _lose
        self._engine = engine
        self._commit = engine.dialect.do_commit

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Until the block ends."""
        event.listen(self._engine, "before_cursor_execute", self._before_statement)
        event.listen(self._engine, "after_cursor_execute", self._after_statement)
        self._engine.dialect.do_commit = self._do_commit  # type: ignore[method-assign, assignment]
        try:
            yield
        finally:
            self._engine.dialect.do_commit = self._commit  # type: ignore[method-assign]
            event.remove(self._engine, "before_cursor_execute", self._before_statement)
            event.remove(self._engine, "after_cursor_execute", self._after_statement)

    def fail(self, step: int, when: When) -> None:
        """Fail the step that comes after `step` others."""
        self.fails_at, self.when = step, when
        self.names.clear()

    def relent(self) -> None:
        """Fail no more."""
        self.fails_at = None

    @property
    def has_failed(self) -> bool:
        """Whether that step has come."""
        return self.fails_at is None

    def _before_statement(self, *_: Any) -> None:
        self._reached(When.NOT_DONE)

    def _after_statement(self, _: Any, __: Any, statement: str, *___: Any) -> None:
        self._reached(When.DONE)
        self.names.append(statement)

    def _do_commit(self, connection: Any) -> None:
        self._reached(When.NOT_DONE)
        self._commit(connection)
        self._reached(When.DONE)
        self.names.append(COMMIT)

    def _reached(self, when: When) -> None:
        if len(self.names) == self.fails_at and when is self.when:
            self.fails_at = None
            self.strike()


def _lose() -> None:
    raise Lost


class FailingSigner:
    """A region's ledger signer whose disk fails once: before the head is remembered, or after."""

    def __init__(self, signer: LedgerSigner, when: When) -> None:
        self._signer = signer
        self._when: When | None = when

    def last(self) -> Head:
        return self._signer.last()

    def sign(self, after: Head, head: Head, consistency: Sequence[bytes]) -> Checkpoint:
        when, self._when = self._when, None
        if when is When.NOT_DONE:
            raise OSError("injected")
        signed = self._signer.sign(after, head, consistency)
        if when is When.DONE:
            raise OSError("injected")
        return signed


@contextmanager
def failing_signer(region: Region, when: When) -> Iterator[None]:
    """Until the block ends the region signs with a signer that fails once."""
    ledger: Any = region.ledger
    real = ledger._signer
    ledger._signer = FailingSigner(real, when)
    try:
        yield
    finally:
        ledger._signer = real
