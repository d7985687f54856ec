"""What the machine says of a running process (proc(5)): processor time, memory, family."""

import os
from pathlib import Path

_TICK = os.sysconf("SC_CLK_TCK")


def cpu_s(pid: int) -> float:
    """Processor time of a process (seconds), nothing for one that is gone."""
    return sum(map(int, _stat(pid)[11:13])) / _TICK


def family_cpu_s(pid: int) -> float:
    """The same with all the processes that it has started, those that have ended too."""
    own = sum(map(int, _stat(pid)[11:15])) / _TICK
    return own + sum(cpu_s(child) for child in children(pid))


def memory_kb(pid: int) -> int:
    """Resident memory of a process (kB), 0 when it is gone."""
    stat = _stat(pid)
    return int(stat[21]) * os.sysconf("SC_PAGE_SIZE") // 1024 if len(stat) > 21 else 0


def children(pid: int) -> list[int]:
    """The processes that this one has started."""
    found = [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]
    return [one for one in found if (stat := _stat(one)) and int(stat[1]) == pid]


def parent(pid: int) -> int:
    """The process that started this one."""
    return int(_stat(pid)[1])


def _stat(pid: int) -> list[str]:
    """What /proc says of a process, from its state on; empty when it is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []
