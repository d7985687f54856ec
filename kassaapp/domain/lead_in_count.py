"""Leads in the count itself: figures that changed places, a note in another's row, a list that was never read."""

from collections.abc import Iterator

from kassaapp.domain.lead import Cause, Counted, Lead
from kassaapp.domain.money import KRONA
from kassaapp.domain.visit import Tender

_MOST_PIECES = 20
"""So many of a coin or note could be left out or put in another's row; with more, a lead would fit anything."""
_NINE = 9 * KRONA
_EVEN = 100 * KRONA


def in_count(counted: Counted, tender: Tender) -> Iterator[Lead]:
    """What the figures that were typed may explain of one tender's difference."""
    off_ore = counted.off_ore(tender)
    yield from _in_sum(counted, tender, off_ore)
    if tender is Tender.CASH:
        yield from _in_pieces(counted, off_ore)
        yield from _one_piece(counted, off_ore)
        if off_ore % _EVEN == 0:
            yield Lead(Cause.EVEN, tender, off_ore)
    if off_ore % _NINE == 0 and not (tender is Tender.CASH and counted.pieces):
        yield Lead(Cause.NINE, tender, off_ore)


def _in_sum(counted: Counted, tender: Tender, off_ore: int) -> Iterator[Lead]:
    """A sum that was typed as one."""
    if tender is Tender.CASH and counted.pieces:
        return
    found_ore, due_ore = counted.figures.counted_ore[tender.value], counted.figures.expected_ore[tender.value]
    both = (found_ore, due_ore)
    if found_ore == 0 and due_ore > 0 and tender is not Tender.CASH:
        yield Lead(Cause.LIST_NOT_GIVEN, tender, off_ore, values_ore=both)
    elif due_ore > 0 and are_swapped(found_ore, due_ore):
        yield Lead(Cause.DIGITS_SWAPPED, tender, off_ore, values_ore=both)
    elif found_ore > 0 and due_ore > 0 and (found_ore == 10 * due_ore or due_ore == 10 * found_ore):
        yield Lead(Cause.ZERO_TOO_MANY, tender, off_ore, values_ore=both)


def _in_pieces(counted: Counted, off_ore: int) -> Iterator[Lead]:
    """Coins and notes counted row by row. Of rows that may have been left out, the one with the fewest is told last."""
    for value, pieces in counted.pieces.items():
        right, rest = divmod(value * pieces - off_ore, value)
        if rest == 0 and right > 0 and are_swapped(pieces, right):
            yield Lead(Cause.PIECES_SWAPPED, Tender.CASH, off_ore, values_ore=(value, right * value), pieces=pieces)
    yield from _wrong_row(counted, off_ore)
    if not counted.pieces:
        return
    for value in sorted(counted.values_ore):
        left_out, rest = divmod(-off_ore, value)
        if counted.pieces.get(value, 0) == 0 and rest == 0 and 0 < left_out <= _MOST_PIECES:
            yield Lead(Cause.EMPTY_ROW, Tender.CASH, off_ore, values_ore=(value,), pieces=left_out)


def _wrong_row(counted: Counted, off_ore: int) -> Iterator[Lead]:
    """The fewest pieces that, counted in another row, make the difference. Two rows that look alike go first: 20 and
    200, or neighbours."""
    fitting: list[tuple[bool, int, int, int]] = []
    for here, pieces in counted.pieces.items():
        for there in counted.values_ore:
            moved, rest = divmod(off_ore, here - there) if here != there else (0, 1)
            if rest == 0 and 0 < moved <= min(pieces, _MOST_PIECES):
                fitting.append((not _alike(counted, here, there), moved, here, there))
    for _, moved, here, there in sorted(fitting)[:1]:
        yield Lead(Cause.WRONG_ROW, Tender.CASH, off_ore, values_ore=(here, there), pieces=moved)


def _alike(counted: Counted, one: int, other: int) -> bool:
    values = sorted(counted.values_ore)
    beside = one in values and other in values and abs(values.index(one) - values.index(other)) == 1
    return beside or max(one, other) == 10 * min(one, other)


def _one_piece(counted: Counted, off_ore: int) -> Iterator[Lead]:
    if abs(off_ore) in counted.values_ore:
        yield Lead(Cause.ONE_PIECE, Tender.CASH, off_ore, values_ore=(abs(off_ore),))


def are_swapped(one: int, other: int) -> bool:
    """Whether two numbers are written with the same figures but for two beside each other that have changed places."""
    first, second = str(one), str(other)
    if len(first) != len(second) or first == second:
        return False
    apart = [place for place, (a, b) in enumerate(zip(first, second, strict=True)) if a != b]
    left, right = apart[0], apart[-1]
    return right == left + 1 and len(apart) == 2 and first[left] == second[right] and first[right] == second[left]
