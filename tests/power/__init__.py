"""What happens to a till when the power goes, the disk fails, fills, lies or rots (RECORDS 4.2: T4, T5, T7, T8).

The till is the shipped one: its own SQLite, opened as it opens it, its own second medium, keys and marks. Below it lies
a disk of ours (`disk.py`), which sees every write, sync, truncation, creation and removal, and decides what becomes of
it. Read `disk.py` first, then `cuts.py`.

    python -m tests.power.cuts --seeds 0-999      T4   power cuts, and the controls that must lose
    python -m tests.power.faults                  T5   every step of the disk fails once, and for ever after
    python -m tests.power.syscalls                T5   the same below Python, with strace, and kill -9 at each
    python -m tests.power.full                    T7   a real small file system, full at every step
    python -m tests.power.rot                     T8   every bit flipped

Each prints what it does and ends with its counts as JSON; the exit code is 0 when all holds. The gate runs a share of
each (`test_power.py`), and always the seeds that have failed once (`seeds.txt`).
"""
