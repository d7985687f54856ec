"""Asks the region for rights to a patient's money a conto, and gives back what is not needed."""

import secrets
from typing import Protocol

from sync.client.transport import Sender
from sync.wire.accounts import ID_BYTES, Ask, Stands
from sync.wire.errors import Malformed


class Moving(Protocol):
    """The way to the region that accounts need. `transport.Transport` fits."""

    def ask_grant(self, sender: Sender, asked: Ask) -> Stands:
        """Rights for the sender's till. Raises Offline, Rejected, Malformed."""

    def give_back(self, sender: Sender, asked: Ask) -> Stands:
        """Rights back from the sender's till. Raises as `ask_grant`."""


def new_ask(account: bytes, amount_ore: int) -> Ask:
    """A request with an id of its own. Keep it durably before it is sent and until it is answered: sent again, it is
    the same request, and a new one would move the rights twice."""
    return Ask(account, amount_ore, secrets.token_bytes(ID_BYTES))


def ask_grant(line: Moving, sender: Sender, asked: Ask) -> Stands:
    """Ask for rights; the till may spend `moved_ore` more once this returns. Raises Offline (ask again with the same
    `asked`), Rejected (409 `too-little`: there is not so much), and Malformed."""
    return _checked(line.ask_grant(sender, asked), asked)


def give_back(line: Moving, sender: Sender, asked: Ask) -> Stands:
    """Give rights back. The till must count them as gone, durably, before it calls this. Raises as `ask_grant`:
    409 `too-little` when the region does not know yet that the till holds them."""
    return _checked(line.give_back(sender, asked), asked)


def _checked(stands: Stands, asked: Ask) -> Stands:
    if (stands.account, stands.id, stands.moved_ore) != (asked.account, asked.id, asked.amount_ore):
        raise Malformed("the answer to another request")
    return stands
