"""What an exempt till cannot fill in, filled in one way: always with what can be checked, never with what looks real.

The regulation asks for a control unit's number and its code on each receipt. A till that is exempted from control units
has neither (DOMAIN 1.2); what vouches for its receipts is the signed record. So the number says that there is none, and
where the code would stand is the hash of the receipt's record, by which anybody finds it in the journal.
"""

from sync.wire import canonical

CONTROL_UNIT = "SAKNAS-UNDANTAGEN"
"""In the place of the control unit's number: 17 characters, as the schema wants."""
CODE_PREFIX = "UNDANTAGEN-POST-"
CODE_LENGTH = 59
MODEL = "Kassa"
"""Modellbeteckning and program: one program, and no model of its own for a computer."""
NO_Z_YET = 0
"""The Z of a receipt whose session is not closed."""
NOTHING_PAID = "Inget att betala"
"""The means of payment of a receipt on which nothing was to be paid; the schema demands one."""
ON_ACCOUNT_GROUP = "A conto"
"""The main group of money taken and paid back a conto: no sale, and in no total of X and Z."""


def control_code(record_hash: bytes) -> str:
    """What stands where a control code would: which record vouches for the receipt."""
    code = CODE_PREFIX + canonical.to_text(record_hash)
    assert len(code) == CODE_LENGTH
    return code


def serial_number(chain: bytes) -> str:
    """The till's serial number: its chain's id in hexadecimal digits, as on its certificate."""
    return chain.hex()
