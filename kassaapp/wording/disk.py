"""What is said of the room that is left on the disk (E53, E54)."""

from kassaapp.domain.disk_room import DiskRoom
from kassaapp.i18n import _
from kassaapp.wording.words import call

_GB = 1_000_000_000
_MB = 1_000_000


def disk_left(free_bytes: int) -> str:
    """How much is left, in whole gigabytes or megabytes; a part of one is not counted."""
    if free_bytes >= _GB:
        return _("{count} GB").format(count=free_bytes // _GB)
    return _("{count} MB").format(count=free_bytes // _MB)


def disk_almost_full(free_bytes: int, *, support: str = "") -> str:
    """Say that nothing new is taken on, what still works, and where the next patient pays."""
    return _(
        "Datorns disk är nästan full, {left} är kvar, och kassan tar inte emot nya betalningar. Allt som är "
        "registrerat är sparat. Återbetala, räkna och stänga går som vanligt. Ta betalt i nästa kassa och {call}."
    ).format(left=disk_left(free_bytes), call=call(support))


def disk_warning(room: DiskRoom, *, support: str = "") -> str:
    """Warn of a disk that is getting full; nothing while there is room enough."""
    if room.is_full:
        return disk_almost_full(room.free_bytes, support=support)
    if room.is_low:
        return _("{left} är kvar på datorns disk. Du kan ta betalt i dag, men {call} före kvällen.").format(
            left=disk_left(room.free_bytes), call=call(support)
        )
    return ""
