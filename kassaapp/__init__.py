"""Kassa: the cash register at a clinic counter. Its journal is the truth; everything shown is added up from it.

The rules live in `domain` (start with `domain/events.py`), the signed memory in `journal`, the things a person can do
in `register.py`, what is shown in `screens`, and the window in `ui`. `docs/ARCHITECTURE.md` is the map.
"""

VERSION = "0.1.0"
"""The version of the program; the same as in pyproject.toml."""
