"""The reconnect storm of `tests/storm`: every register of a large region comes back at once after three days.

No floor. Nothing may be lost or stand twice, every answer must prove itself, and no server's memory may grow by more
than `tests.storm.storm.FLAT_KB`: one fault, and there is no figure.
"""

import os
from collections.abc import Iterator

from tests.benchmarks import kept
from tests.benchmarks.measured import Mark, Row, Scale, percentile
from tests.storm import storm
from tests.storm.storm import Plan, Report

NAME = "storm"
MARK = Mark("≤ 30 s, nothing lost, nothing twice, memory flat", most=30)
_RECORDS = 90
_FACTOR = 12.0
"""The registers' own rests are divided by this: the load is measured and not their patience."""


def rows(scale: Scale) -> Iterator[Row]:
    """One row; one storm, for it is long."""
    os.environ.setdefault("KASSA_STORM", str(kept.folder() / "storm"))
    plan = Plan(scale.registers, _RECORDS, database="postgres", servers=2, factor=_FACTOR, seed=1, audited=False)
    with kept.scratch() as folder, storm.database(plan.database) as url:
        report = storm.run(plan, folder, url)
    assert report.faults == [], report.faults[:5]
    yield Row(NAME, f"{plan.registers} registers × {_RECORDS} records", "s", MARK, [report.took_s], more=_more(report))


def _more(report: Report) -> dict[str, float | str]:
    records = report.plan.registers * report.plan.records
    return {
        "records/s": records / report.took_s,
        "push p99 ms": percentile(report.tally.latencies_s, 0.99) * 1e3,
        "server MB": max(max(seen) for seen in report.memory_kb) / 1024,
    }
