"""Which account each thing is booked on: the names a configuration has for them, and what is missing.

No account stands here: which ones a clinic uses is its own choice, signed in its configuration (DOMAIN 7.2). The names
are those under `accounts` of a till in `resources/demo/demo.toml`.
"""

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field

from kassaapp.domain.events import CashPurpose
from kassaapp.domain.vat import VatRate
from kassaapp.domain.visit import Tender
from kassaapp.trouble import AccountsMissing


class Account(enum.StrEnum):
    """What something is booked as. The value is the configuration's name for it."""

    CASH = "cash"
    CARD = "card"
    SWISH = "swish"
    INVOICE = "invoice"
    ON_ACCOUNT = "on_account"
    SALES_EXEMPT = "sales_exempt"
    SALES_6 = "sales_6"
    SALES_12 = "sales_12"
    SALES_25 = "sales_25"
    VAT_6 = "vat_6"
    VAT_12 = "vat_12"
    VAT_25 = "vat_25"
    ROUNDING = "rounding"
    DIFFERENCE = "difference"
    FLOAT = "float"
    """Where change comes from, and goes to, when the float is changed."""
    BANK = "bank"
    """Money on its way to the bank."""
    EXPENSE = "expense"
    """What was paid for out of the drawer, to be sorted by who keeps the books."""


def of_tender(tender: Tender) -> Account:
    """Where what was paid so is booked."""
    return Account(tender.value)


def of_sales(rate: VatRate) -> Account:
    """Where sales at that rate are booked, without their VAT."""
    return Account(f"sales_{rate.value}")


def of_vat(rate: VatRate) -> Account:
    """Where VAT at that rate is booked."""
    return Account(f"vat_{rate.value}")


def of_purpose(purpose: CashPurpose) -> Account:
    """Where cash that left the till is booked."""
    return Account(purpose.value)


@dataclass(slots=True)
class Chart:
    """A till's accounts as configured. What is asked for and is not there is remembered."""

    numbers: Mapping[str, int]
    missing: set[Account] = field(default_factory=set)

    def number(self, account: Account) -> int:
        """The account's number; 0 for one that is missing, in a file that will be thrown away."""
        if account not in self.numbers:
            self.missing.add(account)
        return self.numbers.get(account, 0)

    def require_whole(self) -> None:
        """Raise AccountsMissing with all that were asked for in vain."""
        if self.missing:
            raise AccountsMissing(", ".join(account for account in Account if account in self.missing))
