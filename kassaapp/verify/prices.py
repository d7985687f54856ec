"""Were the prices the region's? The trust and configuration chains, from the region's root key if it is at hand."""

from collections.abc import Sequence

from kassaapp.verify.content import Content
from kassaapp.verify.fault import Fault
from kassaapp.verify.records import Checked, Gap
from kassaapp.verify.report import Report
from sync.wire import config, record
from sync.wire.config import Trust
from sync.wire.demo_keys import demo_keys
from sync.wire.errors import BadSignature, Malformed, WireError
from sync.wire.frame import Frame
from sync.wire.sealing import is_sealed


def check(content: Content, root_key: bytes | None, chains: Sequence[Checked], report: Report) -> Trust | None:
    """Check both chains; the region's keys, or None when they cannot be trusted."""
    try:
        trust = trusted(content, root_key, report)
        frames = _frames(content, config.CONFIG_KIND)
        config.check_configuration(frames, trust, after=None)
    except WireError as error:
        report.add(Fault.CONFIGURATION, None, f"kedjan från regionens rotnyckel håller inte ({error})")
        return None
    _check_sealed(content, report)
    if frames and not any(frame.part(config.REGION_PART) for frame in frames):
        report.add(Fault.CONFIGURATION, None, "regionens prislista saknas i filen")
    _check_named(chains, frames, report)
    return trust


def trusted(content: Content, root_key: bytes | None, report: Report) -> Trust:
    """The region's keys as the file has them, from the root key if it is at hand. Raises WireError."""
    frames = _frames(content, config.TRUST_KIND)
    report.root_checked = root_key is not None
    if frames and _is_demo(frames[0]):
        text = "regionens nycklar är de publicerade för övning: vem som helst kan signera med dem"
        report.warn(Fault.DEMO, None, text)
    return newest_trust(frames, root_key)


def newest_trust(frames: Sequence[Frame], root_key: bytes | None) -> Trust:
    """What the trust chain ends in. Without the root key it can only be checked for form. Raises WireError."""
    if root_key is not None or not frames:
        return config.read_trust(frames, root_key or b"")
    part = frames[-1].part(config.KEYS_PART)
    if part is None:
        raise Malformed("trust record without keys")
    record.check_parts(frames[-1].record, frames[-1].parts)
    return config.trust_of(part)


def _is_demo(frame: Frame) -> bool:
    try:
        record.check_signature(frame.record, demo_keys().root.public_key)
    except BadSignature:
        return False
    return True


def _frames(content: Content, kind: str) -> list[Frame]:
    """The chain as it lies in the file; sealed parts are left out, and checked by their digests."""
    frames = []
    for seq, env in sorted(content.region.get(kind, [])):
        parts = [part for part in content.region_parts.get((kind, seq), []) if not part.sealed]
        frames.append(Frame(record.read(env), tuple(part.opened for part in parts)))
    return frames


def _check_sealed(content: Content, report: Report) -> None:
    for (kind, seq), parts in content.region_parts.items():
        for part in parts:
            if not part.is_whole or part.sealed != is_sealed(part.name):
                report.add(Fault.CONFIGURATION, None, f"{kind} {seq}: del {part.name} är inte som den togs emot")


def _check_named(chains: Sequence[Checked], frames: list[Frame], report: Report) -> None:
    """Every record must name a configuration that is here, and never an older one than the record before it."""
    numbers = {frame.record.hash: number for number, frame in enumerate(frames)}
    newest = 0
    for chain in chains:
        for step in chain.steps:
            if isinstance(step, Gap) or step.header.cfg is None:
                continue
            number = numbers.get(step.header.cfg)
            if number is None or number < newest:
                what = "som inte finns i filen" if number is None else "som inte längre gällde"
                text = f"posten nämner en prislista {what}"
                report.add(Fault.CONFIGURATION, step.header.seq, text, chain=chain.signed.n)
                return
            newest = number
