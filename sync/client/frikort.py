"""Asks the region how a patient stands across its clinics, and takes only an answer to that very question."""

from datetime import date
from typing import Protocol

from sync.client.transport import Sender
from sync.wire.errors import Malformed
from sync.wire.patient import Frikort, PatientAsk, PatientName


class AskingFrikort(Protocol):
    """The way to the region that this needs. `transport.Transport` fits."""

    def frikort(self, sender: Sender, asked: PatientAsk) -> Frikort:
        """What the region says; unchecked. Raises Offline, Rejected, Malformed."""


def ask(line: AskingFrikort, sender: Sender, who: PatientName, day: date) -> Frikort:
    """How the patient stands on the day of the visit, as far as the region's clinics have told it.

    It is advice: other desks may be offline, and nothing of it is proved. Who asks is put on record there; the till
    must have put on record that somebody looks (R60) before it calls this. Raises Offline, also when it asks too
    often, Rejected (403 `closed` or `till`: this register may not ask), Malformed.
    """
    answer = line.frikort(sender, PatientAsk(who, day))
    if answer.day != day:
        raise Malformed("the answer to another question")
    begun, until = answer.window_from, answer.frikort_until
    if (begun is not None and begun > day) or (until is not None and until < day):
        raise Malformed("an answer that is not of that day")
    if answer.protected and (answer.paid_in_window_ore or begun is not None or until is not None):
        raise Malformed("an answer that says too much")
    return answer
