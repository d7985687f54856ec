"""A working day that comes through every screen and every state of it, one after the other."""

from collections.abc import Iterator

from kassaapp.app import Desk
from kassaapp.ui.main_window import MainWindow
from tests.ui.states_at_the_counter import AtTheCounter
from tests.ui.states_in_the_back_room import InTheBackRoom
from tests.ui.states_of_files import OfFiles
from tests.ui.states_of_reports import OfReports


def all_states(window: MainWindow, desk: Desk) -> Iterator[str]:
    """The names of the states; when one is given the window is in it."""
    counter, back = AtTheCounter(window, desk), InTheBackRoom(window, desk)
    reports, files = OfReports(window, desk), OfFiles(window, desk)
    for part in (
        counter.signing_in,
        counter.opening,
        counter.who,
        counter.rows,
        counter.paying,
        counter.by_cash,
        counter.unusual_patients,
        counter.other_tenders,
        back.looking_back,
        back.undoing,
        back.a_conto,
        back.drawer,
        back.round_it,
        reports.of_today,
        reports.of_a_period,
        files.to_be_taken_out,
        files.taken_out,
        back.practice,
        back.closing,
        back.the_other_till,
        back.the_end,
    ):
        yield from part()
