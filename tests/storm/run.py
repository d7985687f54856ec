"""Lets a storm blow and says what came of it: `python -m tests.storm.run --registers 2000 --records 90`.

    --registers N --records M    how many registers come back, with how many records each (2000, 90)
    --database postgres|sqlite   a fresh one, durable as in production
    --servers N                  `serve` processes on it; each register keeps to one
    --factor F                   every rest of a register is divided by it (first contact, backoff, Retry-After)
    --kill N                     so many times a server is killed (-9) at a moment of chance and started again
    --week                       one register with 2,500 records comes back alone, through `sync.client.loop` itself
    --no-audit                   leave out the audit, which checks every signature again
    --seed S

Exit code 1 when anything was lost, stored twice or not proved. The machine's other load is printed beside the figures.
"""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.storm import storm, week
from tests.storm.storm import Plan, Report


def main() -> int:
    """Run one storm. Returns 0 or 1."""
    chosen = _parser().parse_args()
    with tempfile.TemporaryDirectory(prefix="kassa-storm-") as folder:
        if chosen.week:
            return _week(Path(folder), chosen.database)
        plan = Plan(
            registers=chosen.registers,
            records=chosen.records,
            database=chosen.database,
            servers=chosen.servers,
            factor=chosen.factor,
            kills=chosen.kill,
            seed=chosen.seed,
            audited=not chosen.no_audit,
        )
        before = storm.load()
        with storm.database(plan.database) as url:
            report = storm.run(plan, Path(folder), url)
    say(told(report) + f"load of the machine   {before:.1f} before, {storm.load():.1f} after\n")
    return 1 if report.faults else 0


def _week(folder: Path, kind: str) -> int:
    with storm.database(kind) as url:
        came = week.run(folder, url)
    say(week.told(came))
    return 0 if came.stored == came.records == came.proved[-1] + 1 else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--registers", type=int, default=2000)
    parser.add_argument("--records", type=int, default=90)
    parser.add_argument("--database", choices=["postgres", "sqlite"], default="postgres")
    parser.add_argument("--servers", type=int, default=2)
    parser.add_argument("--factor", type=float, default=12.0)
    parser.add_argument("--kill", type=int, default=0)
    parser.add_argument("--week", action="store_true")
    parser.add_argument("--no-audit", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    return parser


def told(report: Report) -> str:
    """The report for people."""
    tally, took_s = report.tally, report.took_s
    latencies = sorted(tally.latencies_s) or [0.0]
    p50, p99 = (latencies[int(len(latencies) * part)] for part in (0.5, 0.99))
    records = report.plan.registers * report.plan.records
    lines = {
        "storm": f"{report.plan.registers} registers × {report.plan.records} records, {report.plan.database}, "
        f"{report.plan.servers} servers, rests divided by {report.plan.factor:g}",
        "first to last": f"{took_s:.1f} s  =  {records / took_s:.0f} records/s, {tally.proved / took_s:.0f} pushes/s",
        "a push": f"p50 {p50 * 1e3:.0f} ms, p99 {p99 * 1e3:.0f} ms, longest {latencies[-1] * 1e3:.0f} ms",
        "refused": ", ".join(f"{why}: {count}" for why, count in sorted(tally.refused.items())) or "none",
        "killed": f"{report.kills} times",
        "processor": f"servers {report.server_cpu_s:.1f} s, database {report.database_cpu_s:.1f} s, "
        f"this generator {report.generator_cpu_s:.1f} s  "
        f"({_micros(report.server_cpu_s, records)}, {_micros(report.database_cpu_s, records)}, "
        f"{_micros(report.generator_cpu_s, records)} µs a record)",
        "judged": f"{report.judged_s:.1f} s after the last answer",
        "memory": "; ".join(_megabytes(seen_kb) for seen_kb in report.memory_kb),
        "checked": f"in {report.audit_s:.1f} s" + ("" if report.plan.audited else ", without audit"),
        "wrong": "; ".join(report.faults[:20]) or "nothing: all there, once, proved",
    }
    return "".join(f"{name:<22}{text}\n" for name, text in lines.items())


def _megabytes(seen_kb: Sequence[int]) -> str:
    before, *quarters, judged = (f"{kb / 1024:.0f}" for kb in seen_kb)
    return f"{before} MB, by quarters {' '.join(quarters)}, judged {judged}"


def _micros(seconds: float, records: int) -> str:
    return f"{seconds / records * 1e6:.0f}"


def say(text: str) -> None:
    """To the terminal."""
    sys.stdout.write(text)


if __name__ == "__main__":
    sys.exit(main())
