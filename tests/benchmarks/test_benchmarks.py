"""Every benchmark runs, at its smallest size, and prints its row. Nothing is said of how quick anything is."""

import json
from pathlib import Path

import pytest

from tests.benchmarks import run


@pytest.mark.slow
def test_every_benchmark_prints_its_rows_and_keeps_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], postgres_server: str
) -> None:
    monkeypatch.setenv("KASSA_BENCHMARKS", str(tmp_path / "kept"))
    monkeypatch.setenv("KASSA_STORM", str(tmp_path / "storm"))
    monkeypatch.setenv("KASSA_TEST_PG", postgres_server)

    code = run.main(["--quick", "--json", str(tmp_path / "rows.jsonl")])

    (line,) = (tmp_path / "rows.jsonl").read_text(encoding="utf-8").splitlines()
    named = [row["name"] for row in json.loads(line)["rows"]]
    printed = capsys.readouterr().out
    assert code == 0
    assert named == ["sale", "start", "find", "keys", "memory", "verify", "ingest", "storm"]
    assert all(f"\n{name}" in printed for name in named)
