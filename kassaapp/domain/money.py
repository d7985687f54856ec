"""Money is whole öre in an `int`; here is the one rule for paying them with coins.

How an amount is written for a reader is a matter for `kassaapp/wording`.
"""

KRONA = 100
"""Öre in one krona."""


def round_cash(amount_ore: int) -> int:
    """Return what is paid in cash for `amount_ore`, in öre: the nearest whole krona, 50 öre upwards.

    Lag (1970:1029) 2 §; R55. Only the part of a total that is paid in cash is rounded, never a line. An amount that is
    paid back is rounded as the same amount received, so that a return gives back what the sale took.
    """
    kronor = (abs(amount_ore) + KRONA // 2) // KRONA
    return kronor * KRONA if amount_ore >= 0 else -kronor * KRONA
