"""The command `status` as it is given and told: registers and what is wrong with them, or one clinic's day."""

import argparse
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from sync.server import status
from sync.server.clinic_day import ClinicDay
from sync.server.region import Region
from sync.server.watch import SILENT_H

SAYS = "registers and what is wrong with them; or: are all visits of a clinic's day here?"


@dataclass(frozen=True, slots=True)
class Told:
    """What goes to standard output, and beside it; whether the day that was asked for is all here."""

    lines: list[str]
    beside: list[str] = field(default_factory=list)
    is_all_here: bool = True


def add_arguments(command: argparse.ArgumentParser) -> None:
    """What may be said with it."""
    command.add_argument("--json", action="store_true")
    command.add_argument("--silent-hours", type=float, default=SILENT_H, metavar="N", help="of working days (24)")
    command.add_argument("--clinic", help="with --day: whether all its visits of that day are here; 1 when not")
    command.add_argument("--day", type=date.fromisoformat, metavar="YYYY-MM-DD")
    command.add_argument("--proofs", type=Path, metavar="FOLDER", help="with --day: write the proofs there")


def is_whole(chosen: argparse.Namespace) -> bool:
    """Whether what was said makes a question."""
    return (chosen.clinic is None) == (chosen.day is None) and not (chosen.proofs and chosen.day is None)


def run(region: Region, chosen: argparse.Namespace) -> Told:
    """The answer, in lines or as JSON."""
    if chosen.day is not None:
        return _of_day(region, chosen)
    whole = status.whole(region, chosen.silent_hours)
    return Told([_json(whole)] if chosen.json else list(_lines(whole)))


def _of_day(region: Region, chosen: argparse.Namespace) -> Told:
    answer = status.of_day(region, chosen.clinic, chosen.day)
    saved = [] if chosen.proofs is None else status.save_proofs(answer, chosen.proofs)
    return Told(
        [_json(answer.as_json())] if chosen.json else list(_day_lines(answer)),
        [f"proof: {path}" for path in saved],
        is_all_here=not answer.missing,
    )


def _json(said: Any) -> str:
    return json.dumps(said, ensure_ascii=False, indent=1)


def _lines(whole: dict[str, Any]) -> Iterator[str]:
    yield f"{whole['region']}  {whole['origin']}  {whole['ledger_size']} entries"
    names = {}
    for one in whole["registers"]:
        doubts = ", ".join(one["flags"]) or "-"
        contact = one["last_contact"] or "never"
        stands = f"next {one['next']}" + (" (ended)" if one["closed"] else "")
        names[one["chain"]] = f"{one['clinic']}  {one['register']}-{one['till']}"
        yield f"{names[one['chain']]}  {one['chain']}  {stands}  {contact}  {doubts}"
    for one in whole["findings"]:
        yield f"FOUND {names[one['chain']]}  {one['day']}  record {one['record']}  {one['word']}: {one['says']}"


def _day_lines(answer: ClinicDay) -> Iterator[str]:
    for till in answer.tills:
        yield f"{till.register}-{till.till}  {till.chain}  known until {till.known_until or '-'}"
        for one in till.sessions:
            numbers = f"receipts {one.receipts[0]}-{one.receipts[1]}" if one.receipts else "no receipts"
            stands = "open" if one.closed is None else f"closed, Z {one.z} in record {one.closed}"
            place = f", entry {one.proof.answer.index} of the ledger" if one.proof else ""
            yield f"  session {one.number}: {one.visits} visits, {numbers}, {stands}{place}"
        if not till.sessions:
            yield "  no session"
    for what in answer.missing:
        yield f"MISSING {what}"
    whole = "not all here" if answer.missing else "all here"
    yield f"{answer.clinic}, {answer.day}: {whole}"
