"""How many columns a few things lie in: as few lines as their widths allow, and no fewer things in a line than that."""

from collections.abc import Sequence
from math import ceil


def even_columns(widths: Sequence[int], *, gap: int, room: int, most: int) -> int:
    """The columns, at most so many, for things of these widths laid out line by line, with `gap` between two columns
    and `room` for all of them; five that have room for four in a line lie three and two. At least one."""
    fitting = [many for many in range(1, most + 1) if _wide(widths, many, gap) <= room] or [1]
    lines = ceil(len(widths) / fitting[-1])
    return next(many for many in fitting if ceil(len(widths) / many) <= max(1, lines))


def _wide(widths: Sequence[int], many: int, gap: int) -> int:
    """Each column is as wide as the widest in it."""
    columns = [widths[place::many] for place in range(min(many, len(widths)))]
    return sum(map(max, columns)) + gap * (len(columns) - 1)
