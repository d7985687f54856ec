"""The first record of a chain: what it goes on from."""

from collections.abc import Sequence
from datetime import datetime

from kassaapp.domain.events import RegisterOpened
from kassaapp.domain.state import RegisterState, fold
from kassaapp.journal import payload
from sync.wire.entry import Enrolment
from sync.wire.frame import Frame


def after(state: RegisterState, enrolment: Enrolment, at: datetime) -> RegisterOpened:
    """The numbers and grand totals of a till that stood so go on."""
    return RegisterOpened(
        at=at,
        register=enrolment.register,
        till=enrolment.till,
        clinic=enrolment.clinic,
        grand=state.grand,
        next_receipt=state.next_receipt,
        next_session=state.next_session,
        next_z=state.next_z,
    )


def after_records(before: Sequence[Frame], enrolment: Enrolment, at: datetime) -> RegisterOpened:
    """The same after the records of a till that was lost; whom they concerned is not looked at. None: from the
    beginning. Raises JournalUnreadable."""
    state = fold(
        payload.impersonal_event_of(
            frame.record.header.kind,
            next((part.content() for part in frame.parts if part.name == payload.ACCOUNTING), {}),
            has_person=any(part.name == payload.PERSON for part in frame.parts),
        )
        for frame in before
    )
    return after(state, enrolment, at)
