"""Counting a drawer: pieces by denomination, or a sum (R48–R50)."""

from collections.abc import Mapping

from kassaapp.domain.errors import BadAmount

MAX_AMOUNT_ORE = 1_000_000_000
"""Ten million kronor: above it, a mistake."""


def checked_amount(amount_ore: int) -> int:
    """The amount, or BadAmount when it is negative or absurd."""
    if not 0 <= amount_ore <= MAX_AMOUNT_ORE:
        raise BadAmount(amount_ore)
    return amount_ore


def sum_of(denominations: Mapping[int, int]) -> int:
    """The sum in öre of `denominations`: pieces by value in öre. Raises BadAmount."""
    return checked_amount(
        sum(checked_amount(value) * checked_amount(pieces) for value, pieces in denominations.items())
    )
