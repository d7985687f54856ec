"""What has become of a paper that was made of what was just done, in one line that goes for every kind of paper."""

from dataclasses import dataclass

from kassaapp.i18n import _
from kassaapp.screens.after_sale import Paper


@dataclass(frozen=True, slots=True)
class PaperLine:
    """What to say, nothing when there is nothing; `failed`: it may be tried again."""

    text: str = ""
    failed: bool = False


NO_PAPER = PaperLine()
"""Nothing to say."""


def paper_line(paper: Paper) -> PaperLine:
    """The line for that news."""
    match paper:
        case Paper.UNDER_WAY:
            return PaperLine(_("Utskriften görs …"))
        case Paper.PRINTED:
            return PaperLine(_("Utskriften är gjord."))
        case Paper.SAVED:
            return PaperLine(_("Papperet är sparat som fil."))
        case Paper.WAITING:
            return PaperLine(_("Utskriften väntar på skrivaren. Det som är registrerat är sparat."))
        case Paper.UNSURE:
            return PaperLine(_("Titta i skrivaren om papperet kom ut."))
        case Paper.FAILED:
            return PaperLine(_("Utskriften gick inte att göra. Det som är registrerat är sparat."), failed=True)
        case Paper.KEPT:
            return PaperLine(_("Kvittot finns i kassan och skrivs inte ut."))
