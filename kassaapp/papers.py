"""Makes the papers of one till from its records, each as the clinic was when it happened: a record's header names the
prices and its chain the register. Nothing is printed here; `put` is for who has no printer.
"""

import os
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from kassaapp import configuration, printout
from kassaapp.configuration import Configuration
from kassaapp.domain.events import SessionClosed, kind_of
from kassaapp.domain.period_report import PeriodReport
from kassaapp.domain.state import Session
from kassaapp.history import Filter, History
from kassaapp.journal.journal import Journal, Written
from kassaapp.printout import Marking, paper
from kassaapp.printout.cash_slip import CashMoved
from kassaapp.printout.slip import Slip
from kassaapp.register import Register
from sync.wire import record

Closing = Written[SessionClosed]
"""How a session was closed, with its place in the journal."""


@dataclass(frozen=True, slots=True)
class Slips:
    """The papers of the till `letter`. `marking` stands on those of a practice till (R43)."""

    letter: str
    journal: Journal
    register: Register
    history: History
    demo: bool
    marking: Marking | None = None

    def receipt(self, number: int, *, copy: bool = False) -> Slip:
        """The paper of a receipt number, whatever it is for. Raises UnknownReceipt."""
        written = self.history.receipt(number)
        then = self.at(written.env)
        marking = self.marking or (Marking.COPY if copy else None)
        return printout.document(
            written.event, then, then.till(self.letter), written.env, demo=self.demo, marking=marking
        )

    def receipt_name(self, number: int) -> str:
        """What the file of a receipt is called; practice never has the name of a real one. Raises UnknownReceipt."""
        written = self.history.receipt(number)
        kind = "kvitto" if self.marking is None else "ovning"
        return f"{kind}-{self._designation(written.env)}-{number:06}"

    def z(self, closed: Closing, *, copy: bool = False) -> Slip:
        """The Z report of a session (R46)."""
        then = self.at(closed.env)
        return printout.day_report.z_report(
            closed.event,
            then,
            then.till(self.letter),
            closed.hash,
            opened=self.history.opening(closed.event.session),
            demo=self.demo,
            marking=self.marking or (Marking.COPY if copy else None),
        )

    def z_numbered(self, number: int, *, copy: bool = False) -> Slip:
        """The Z report of that number."""
        return self.z(self.closed(number), copy=copy)

    def closed(self, number: int) -> Closing:
        """How the session with that Z was closed."""
        return next(written for written in self.history.closings() if written.event.z == number)

    def z_name(self, closed: Closing) -> str:
        """What the file of a Z report is called."""
        return f"z-{self._designation(closed.env)}-{closed.event.z:04}"

    def x(self, session: Session, *, at: datetime, by: str) -> Slip:
        """The X report of the open session as it stood `at`, taken by the user `by` (R45)."""
        now = self.register.configuration
        return printout.day_report.x_report(
            session, now, now.till(self.letter), at=at, by=by, demo=self.demo, marking=self.marking
        )

    def period(self, report: PeriodReport, *, at: datetime, by: str) -> Slip:
        """A report of a period, taken `at` by the user `by`."""
        now = self.register.configuration
        till = now.till(self.letter)
        return printout.period_report.period_slip(report, now, till, at=at, by=by, demo=self.demo, marking=self.marking)

    def period_name(self, report: PeriodReport, at: datetime) -> str:
        """What the file of such a report is called."""
        now = self.register.configuration
        own = paper.designation(now, now.till(self.letter))
        kind = "rapport" if self.marking is None else "ovning-rapport"
        return f"{kind}-{report.by.name.lower()}-{own}-{report.first}-{report.last}-{at:%Y%m%d-%H%M%S}"

    def cash(self, moved: CashMoved) -> Slip:
        """The slip for cash that has just moved without a patient (R05, R44, R53)."""
        newest_first = reversed(self.history.find(Filter(kind=kind_of(moved), session=moved.session)))
        seq = next(row.seq for row in newest_first if row.at == moved.at)
        env = self.journal.frames(seq, 1)[0].record.env
        then = self.at(env)
        return printout.cash_slip.cash_slip(
            moved, then, then.till(self.letter), env, demo=self.demo, marking=self.marking
        )

    def cash_name(self, moved: CashMoved) -> str:
        """What the file of such a slip is called."""
        now = self.register.configuration
        own = paper.designation(now, now.till(self.letter))
        return f"{kind_of(moved)}-{own}-{moved.at:%Y%m%d-%H%M%S}"

    def test(self, at: datetime) -> Slip:
        """What a printer is tried with."""
        now = self.register.configuration
        return printout.trial.trial(now, now.till(self.letter), at=at, demo=self.demo)

    def at(self, env: bytes) -> Configuration:
        """The configuration that was in force when a record was made, named as the record's own chain is: a
        successor's receipts carry another name."""
        header = record.read(env).header
        number = self.journal.configurations.number_of(header.cfg)
        chain = next(one for one in self.journal.chains if one.chain == header.chain)
        if number == self.register.configuration.number:
            return replace(self.register.configuration, register=chain.register)
        contents = self.journal.configurations.contents(number)
        return replace(configuration.read(number, contents, chain.clinic), register=chain.register)

    def _designation(self, env: bytes) -> str:
        then = self.at(env)
        return paper.designation(then, then.till(self.letter))


def put(folder: Path, name: str, slip: Slip) -> Path:
    """Put a slip as PDF in a folder, whole or not at all. Raises OSError."""
    return put_bytes(folder, f"{name}.pdf", printout.pdf.to_pdf(slip))


def put_bytes(folder: Path, name: str, contents: bytes) -> Path:
    """Put a file in a folder, whole or not at all. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    part = path.with_name(f"{name}.part")
    part.write_bytes(contents)
    os.replace(part, path)
    return path
