"""What an audit found, as data and as JSON. In Swedish it is written by `verdict.py`.

A finding is something that is not as it was signed, and makes the verdict. A warning is something that an auditor
should know or that could not be checked; it changes neither the verdict nor the exit code.
"""

import enum
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kassaapp.verify.fault import Fault


class Evidence(enum.StrEnum):
    """What was audited."""

    JOURNAL = "journal"
    SECOND_MEDIUM = "second-medium"
    SLIP = "slip"
    ANSWER = "answer"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to say about record `seq` of the journal's chain number `chain`; `seq` is None when it is about no
    single record."""

    fault: Fault
    seq: int | None
    text: str
    chain: int = 1

    def as_json(self) -> dict[str, Any]:
        """The finding for programs."""
        return {"fault": self.fault.value, "chain": self.chain, "seq": self.seq, "text": self.text}


@dataclass(slots=True)
class Chain:
    """How one chain of a journal stands. `records` is how many places it has, `gaps` how many of them no copy fills;
    the region has proved every record before `proved_next`.

    `runs` are the stretches, first and last record, in which every record is whole, signed and follows the one before:
    what can be relied on also when something else is wrong."""

    n: int
    id: str
    register: str = ""
    records: int = 0
    gaps: int = 0
    proved_next: int = 0
    runs: list[tuple[int, int]] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """The chain for programs."""
        return {
            "n": self.n,
            "id": self.id,
            "register": self.register,
            "records": self.records,
            "gaps": self.gaps,
            "proved_next": self.proved_next,
            "runs": [list(run) for run in self.runs],
        }


@dataclass(slots=True)
class Report:
    """The verdict on one piece of evidence. `said` is what a slip or an answer turned out to be, line by line, and
    `named` the same for programs."""

    path: Path
    evidence: Evidence = Evidence.JOURNAL
    register: str = ""
    chains: list[Chain] = field(default_factory=list)
    sealed: int = 0
    root_checked: bool = False
    signatures_checked: bool = True
    sessions: int = 0
    receipts: int = 0
    lost_sales_ore: int = 0
    lost_returns_ore: int = 0
    unreadable: str = ""
    said: list[str] = field(default_factory=list)
    named: dict[str, Any] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    warnings: list[Finding] = field(default_factory=list)

    @property
    def records(self) -> int:
        """How many records there are, over all chains."""
        return sum(chain.records for chain in self.chains)

    @property
    def proved_next(self) -> int:
        """How many of them the region has proved that it holds."""
        return sum(chain.proved_next for chain in self.chains)

    @property
    def exit_code(self) -> int:
        """0 intact, 1 findings, 2 not readable."""
        return 2 if self.unreadable else 1 if self.findings else 0

    @property
    def first_bad_place(self) -> tuple[int, int] | None:
        """Chain and number of the first record that is not as it was signed, or None."""
        return min(((one.chain, one.seq) for one in self.findings if one.seq is not None), default=None)

    @property
    def first_bad(self) -> int | None:
        """The number of the first record that is not as it was signed, or None."""
        place = self.first_bad_place
        return None if place is None else place[1]

    @property
    def trusted_to(self) -> tuple[int, int]:
        """Chain and number of the last record up to which everything holds; the number is -1 for none."""
        ends = {chain.n: chain.records - 1 for chain in self.chains}
        bad = self.first_bad_place
        if bad is None:
            return max(ends.items(), default=(1, -1))
        n, seq = bad
        return (n - 1, ends[n - 1]) if seq == 0 and n - 1 in ends else (n, seq - 1)

    def add(self, fault: Fault, seq: int | None, text: str, *, chain: int = 1) -> None:
        """Note a finding."""
        self.findings.append(Finding(fault, seq, text, chain))

    def warn(self, fault: Fault, seq: int | None, text: str, *, chain: int = 1) -> None:
        """Note a warning."""
        self.warnings.append(Finding(fault, seq, text, chain))

    def as_json(self) -> dict[str, Any]:
        """The report for programs."""
        head = {"path": str(self.path), "evidence": self.evidence.value}
        if self.unreadable:
            return {**head, "verdict": "unreadable", "reason": self.unreadable}
        place, (trusted_chain, trusted_seq) = self.first_bad_place, self.trusted_to
        return {
            **head,
            "verdict": "findings" if self.findings else "intact",
            "register": self.register,
            "records": self.records,
            "first_bad": self.first_bad,
            "first_bad_chain": None if place is None else place[0],
            "trusted_to": trusted_seq,
            "trusted_chain": trusted_chain,
            "proved_next": self.proved_next,
            "sealed_parts": self.sealed,
            "root_checked": self.root_checked,
            "signatures_checked": self.signatures_checked,
            "sessions": self.sessions,
            "receipts": self.receipts,
            "lost": {"sales_ore": self.lost_sales_ore, "returns_ore": self.lost_returns_ore},
            "chains": [chain.as_json() for chain in self.chains],
            "named": self.named,
            "findings": [one.as_json() for one in self.findings],
            "warnings": [one.as_json() for one in self.warnings],
        }
