"""What can be wrong with bytes that came from somewhere else.

WireError
  Malformed          not in the format at all
  BadSignature       not signed by the key it must be signed by
  BadCommitment      a part is not the one its header committed to
  BadSeal            a sealed part does not open: another key, or other bytes
  BrokenLink         a record does not follow the one before it
  BadProof           the ledger did not prove what it claims
    WentBackwards    the ledger showed a smaller tree than one already seen
"""


class WireError(Exception):
    """Bytes from elsewhere cannot be trusted. Carries no personal data; safe to log."""


class Malformed(WireError):
    """Not in the format."""


class BadSignature(WireError):
    """Not signed by the key it must be signed by."""


class BadCommitment(WireError):
    """A part differs from what the signed header committed to."""


class BadSeal(WireError):
    """A sealed part does not open with this key."""


class BrokenLink(WireError):
    """A record does not follow the record before it."""


class BadProof(WireError):
    """The ledger's answer does not prove what it claims."""


class WentBackwards(BadProof):
    """The ledger showed a smaller tree than one this register has already seen."""
