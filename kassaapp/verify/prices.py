"""Were the prices the region's? The trust and configuration chains, from the root key in the clinic file if near."""

import tomllib
from pathlib import Path

from kassaapp.journal.sealing import is_sealed
from kassaapp.verify.reader import Content
from kassaapp.verify.report import Fault, Report
from sync.wire import canonical, config, record
from sync.wire.config import Trust
from sync.wire.errors import Malformed, WireError
from sync.wire.frame import Frame
from sync.wire.record import SALT_BYTES, Part, Record


def check(path: Path, content: Content, report: Report) -> Trust | None:
    """Check both chains; the region's keys, or None when they cannot be trusted."""
    root_key = _root_key(path)
    report.root_checked = root_key is not None
    try:
        trust = _trust(content, root_key)
        frames = _frames(content, config.CONFIG_KIND)
        config.check_configuration(frames, trust, after=None)
    except WireError as error:
        report.add(Fault.CONFIGURATION, None, f"kedjan från regionens rotnyckel håller inte ({error})")
        return None
    _check_sealed(content, report)
    if frames and not any(frame.part(config.REGION_PART) for frame in frames):
        report.add(Fault.CONFIGURATION, None, "regionens prislista saknas i filen")
    _check_named(content, frames, report)
    return trust


def _trust(content: Content, root_key: bytes | None) -> Trust:
    frames = _frames(content, config.TRUST_KIND)
    if root_key is None and frames:  # Without the root key the chain can only be checked for form and links.
        part = frames[-1].part(config.KEYS_PART)
        if part is None:
            raise Malformed("trust record without keys")
        record.check_parts(frames[-1].record, frames[-1].parts)
        return config.trust_of(part)
    return config.read_trust(frames, root_key or b"")


def _frames(content: Content, kind: str) -> list[Frame]:
    """The chain as it lies in the file; sealed parts are left out, and checked by their digests."""
    frames = []
    for seq, env in sorted(content.region.get(kind, [])):
        parts = [part for part in content.region_parts.get((kind, seq), []) if not part.sealed]
        opened = tuple(Part(part.name, part.body[:SALT_BYTES], part.body[SALT_BYTES:]) for part in parts)
        frames.append(Frame(record.read(env), opened))
    return frames


def _check_sealed(content: Content, report: Report) -> None:
    for (kind, seq), parts in content.region_parts.items():
        for part in parts:
            if not part.is_whole or part.sealed != is_sealed(part.name):
                report.add(Fault.CONFIGURATION, None, f"{kind} {seq}: del {part.name} är inte som den togs emot")


def _check_named(content: Content, frames: list[Frame], report: Report) -> None:
    """Every record must name a configuration that is here, and never an older one than the record before it."""
    numbers = {frame.record.hash: number for number, frame in enumerate(frames)}
    newest = 0
    for seq, _, env in content.records:
        named = _named(env)
        if named is None:
            continue
        number = numbers.get(named, -1)
        if number < newest:
            report.add(Fault.CONFIGURATION, seq, "posten nämner en prislista som inte gällde")
            return
        newest = number


def _named(env: bytes) -> bytes | None:
    try:
        read: Record = record.read(env)
    except WireError:
        return None
    return read.header.cfg


def _root_key(path: Path) -> bytes | None:
    """The root key in the clinic file of the desk that the journal belongs to, if it is there."""
    clinic_file = path.parent.parent / "clinic.toml"
    try:
        return canonical.from_text(tomllib.loads(clinic_file.read_text(encoding="utf-8")).get("root_key"), 32)
    except (OSError, ValueError, WireError):
        return None
