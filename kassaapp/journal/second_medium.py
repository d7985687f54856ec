"""The journal's companion on another disk: brought up to date at start, written at every append, never in the way.

Its loss is a warning to a person and never a stop (RECORDS 2.5). The bytes are in `shadow.py`.
"""

import itertools
import logging
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from kassaapp.journal import durable, shadow
from kassaapp.journal.shadow import ShadowContent, StoredRecord
from kassaapp.trouble import JournalUnreadable
from sync.wire.shadow import every_record

log = logging.getLogger(__name__)


def files_in(folder: Path, *patterns: str) -> list[Path]:
    """The files of these names where a second medium lies, in order; none when its disk answers with an error."""
    try:
        return sorted({file for pattern in patterns for file in folder.glob(pattern)})
    except OSError as error:
        log.error("second medium lost: %s", type(error).__name__)
        return []


class SecondMedium:
    """The second medium of one chain, or none when `path` is None."""

    def __init__(self, path: Path | None, chain: bytes) -> None:
        self._path = path
        self._chain = chain
        self._open: shadow.Shadow | None = None
        self._content: ShadowContent | None = None
        self._is_passed_over = False
        self.is_lost = False

    def held(self) -> tuple[StoredRecord, ...]:
        """The records it holds of this chain; none when it cannot be read, which `attach` deals with."""
        try:
            self._content = self._read()
        except OSError:
            return ()
        content = self._content
        return content.records if content is not None and content.chain == self._chain else ()

    def after_damage(self) -> Iterator[StoredRecord]:
        """What stands after a damaged frame, or behind a damaged first line: of this chain or not, in order or not."""
        content = self._content
        ours = content is not None and content.chain == self._chain
        if self._path is None or (content is not None and ours and content.damaged is None):
            return
        whole = len(content.records) if content is not None and ours else 0
        try:
            records = every_record(self._path.read_bytes())
        except OSError:
            return
        yield from itertools.islice(records, whole, None)

    def pass_over(self, is_kept: Callable[[StoredRecord], bool]) -> bool:
        """If all that it holds `is_kept` elsewhere, nothing more is taken from it, and `attach` puts it aside; whether
        that is so."""
        try:
            raw = b"" if self._path is None else self._path.read_bytes()
        except OSError:
            return False
        self._is_passed_over = all(is_kept(one) for one in every_record(raw))
        return self._is_passed_over

    def attach(self, count: int, records_from: Callable[[int], Iterable[StoredRecord]]) -> None:
        """Open it and add what it lacks of the journal's `count` records."""
        if self._path is None:
            return
        try:
            held = self._whole(self._path, count)
            self._content = None  # Ten years of records need not stay in memory.
            self._open = shadow.Shadow(self._path, self._chain)
            self._open.append(records_from(held) if held < count else ())
        except OSError as error:
            self._lose(error)

    def append(self, records: Iterable[StoredRecord]) -> None:
        """Write records that are durable in the journal."""
        if self._open is None:
            return
        try:
            self._open.append(records)
        except OSError as error:
            self._lose(error)

    def close(self) -> None:
        """Let go of the file."""
        if self._open is not None:
            self._open.close()
            self._open = None

    def _read(self) -> ShadowContent | None:
        if self._path is None or not self._path.exists() or self._path.stat().st_size == 0:
            return None
        try:
            return shadow.read(self._path)
        except JournalUnreadable:
            return None

    def _whole(self, path: Path, count: int) -> int:
        """How many records it holds. A torn end is cut off; a file not ours, damaged or passed over is put aside
        whole."""
        content = self._content or self._read()  # Read once at a start: `held` came first.
        is_ours = content is not None and content.chain == self._chain and not self._is_passed_over
        if content is None or not is_ours or content.damaged is not None:
            if path.exists() and path.stat().st_size:
                durable.put_aside(path, count)
            return 0
        if content.torn:
            with path.open("r+b") as file:
                file.truncate(content.whole_bytes)
        return len(content.records)

    def _lose(self, error: OSError) -> None:
        log.error("second medium lost: %s", type(error).__name__)
        self._open = None
        self.is_lost = True
