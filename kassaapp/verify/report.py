"""What an audit found, as data, as Swedish and as JSON."""

import enum
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


class Fault(enum.StrEnum):
    """The class of a finding."""

    FILE = "file"
    MISSING = "missing"
    CHANGED = "changed"
    LINK = "link"
    SIGNATURE = "signature"
    PART = "part"
    FIGURES = "figures"
    PROOF = "proof"
    CONFIGURATION = "configuration"
    SECOND_MEDIUM = "second-medium"


_FAULTS = {
    Fault.FILE: "skadad fil",
    Fault.MISSING: "post saknas",
    Fault.CHANGED: "ändrad post",
    Fault.LINK: "bruten kedja",
    Fault.SIGNATURE: "fel signatur",
    Fault.PART: "ändrat innehåll",
    Fault.FIGURES: "summor som inte stämmer",
    Fault.PROOF: "bevis från regionen som inte håller",
    Fault.CONFIGURATION: "prislista som inte är regionens",
    Fault.SECOND_MEDIUM: "andra mediet skiljer sig",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it was signed. `seq` is the record, or None when no single record is concerned."""

    fault: Fault
    seq: int | None
    text: str


@dataclass(slots=True)
class Report:
    """The verdict on one journal. `proved_next`: the region has proved that it holds every record before that."""

    path: Path
    register: str = ""
    records: int = 0
    proved_next: int = 0
    sealed: int = 0
    root_checked: bool = False
    sessions: int = 0
    receipts: int = 0
    unreadable: str = ""
    findings: list[Finding] = field(default_factory=list)

    @property
    def first_bad(self) -> int | None:
        """The first record that is not as it was signed, or None."""
        return min((finding.seq for finding in self.findings if finding.seq is not None), default=None)

    def add(self, fault: Fault, seq: int | None, text: str) -> None:
        """Note a finding."""
        self.findings.append(Finding(fault, seq, text))

    def as_json(self) -> dict[str, Any]:
        """The report for programs."""
        if self.unreadable:
            return {"path": str(self.path), "verdict": "unreadable", "reason": self.unreadable}
        return {
            "path": str(self.path),
            "verdict": "findings" if self.findings else "intact",
            "register": self.register,
            "records": self.records,
            "first_bad": self.first_bad,
            "trusted_to": self._trusted_to(),
            "proved_next": self.proved_next,
            "sealed_parts": self.sealed,
            "root_checked": self.root_checked,
            "findings": [{"fault": one.fault.value, "seq": one.seq, "text": one.text} for one in self.findings],
        }

    def _trusted_to(self) -> int:
        """The last record up to which everything holds; -1 for none."""
        return (self.records if self.first_bad is None else self.first_bad) - 1


def as_text(report: Report) -> str:
    """The report for people."""
    if report.unreadable:
        return f"{report.path}\nGÅR INTE ATT LÄSA: {report.unreadable}."
    lines = [f"Kassajournal {report.register or '?'} – {report.path}"]
    if report.findings:
        lines.append(_verdict_on_findings(report))
        lines += [_finding(finding) for finding in report.findings[:20]]
        if len(report.findings) > 20:
            lines.append(f"  … och {len(report.findings) - 20} fynd till")
        lines.append(_still_holds(report))
    else:
        lines.append(f"HEL: alla {report.records} poster är som de signerades, i ordning och utan luckor.")
    lines.append(f"  {report.sessions} sessioner, {report.receipts} kvitton, {report.sealed} förseglade persondelar.")
    lines.append(f"  Regionen har bevisat att den har {report.proved_next} av {report.records} poster.")
    if not report.root_checked:
        lines.append("  Regionens rotnyckel fanns inte till hands: prislistan är prövad mot sig själv, inte mot den.")
    return "\n".join(lines)


def _verdict_on_findings(report: Report) -> str:
    first = report.first_bad
    if first is None:
        return f"FYND: {len(report.findings)}. Ingen av de {report.records} posterna är ändrad."
    return f"FYND: {len(report.findings)}. Första felaktiga posten är nummer {first}."


def _finding(finding: Finding) -> str:
    where = "filen" if finding.seq is None else f"post {finding.seq}"
    return f"  {where}: {_FAULTS[finding.fault]} – {finding.text}"


def _still_holds(report: Report) -> str:
    trusted_to = report._trusted_to()
    if trusted_to < 0:
        return "  Ingen post kan styrkas härifrån. Hämta posterna från regionen eller det andra mediet."
    return f"  Posterna 0–{trusted_to} är hela och i ordning och går att lita på."
