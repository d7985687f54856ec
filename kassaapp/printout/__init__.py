"""Everything that comes out on paper, as data and as bytes: Swedish always, whatever the window speaks."""

from kassaapp.printout import day_report, pdf, receipt, slip

__all__ = ["day_report", "pdf", "receipt", "slip"]
