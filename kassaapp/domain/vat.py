"""VAT is found inside the price the patient pays, once for each rate on a receipt (R56)."""

import enum
from collections.abc import Iterable


class VatRate(enum.StrEnum):
    """The VAT class of an article. Care is exempt (ML 2023:200, 10 kap 6–7 §§); many certificates are not."""

    EXEMPT = "exempt"
    SIX = "6"
    TWELVE = "12"
    TWENTY_FIVE = "25"

    @property
    def percent(self) -> int:
        """The rate in per cent of the price without VAT; 0 for what is exempt."""
        return 0 if self is VatRate.EXEMPT else int(self.value)


def vat_of_gross(gross_ore: int, rate: VatRate) -> int:
    """Return the VAT, in öre, that is part of `gross_ore`; half an öre goes up (R56).

    A return carries the VAT of the sale with the sign changed.
    """
    parts = 100 + rate.percent
    vat_ore = (2 * abs(gross_ore) * rate.percent + parts) // (2 * parts)
    return vat_ore if gross_ore >= 0 else -vat_ore


def gross_by_rate(lines: Iterable[tuple[VatRate, int]]) -> dict[VatRate, int]:
    """Add up (rate, gross in öre) lines; return gross öre for each rate that occurs, in the order of `VatRate`."""
    sums: dict[VatRate, int] = {}
    for rate, gross_ore in lines:
        sums[rate] = sums.get(rate, 0) + gross_ore
    return {rate: sums[rate] for rate in VatRate if rate in sums}


def vat_by_rate(lines: Iterable[tuple[VatRate, int]]) -> dict[VatRate, int]:
    """Return the VAT of a receipt's (rate, gross in öre) lines, in öre, rounded once for each rate (R56).

    What is exempt has no VAT and so no row.
    """
    sums = gross_by_rate(lines)
    return {rate: vat_of_gross(sums[rate], rate) for rate in sums if rate is not VatRate.EXEMPT}
