"""Everything that comes out on paper, as data and as bytes: Swedish always, whatever the window speaks.

`document` chooses the paper for what has a receipt number; `day_report`, `period_report` and `cash_slip` are for what
stays at the clinic, `trial` for a new printer. All of them make a `slip.Slip`, which `pdf.to_pdf` draws and
`slip.lines` writes.
"""

from kassaapp.printout import cash_slip, day_report, pdf, period_report, receipt, slip, trial
from kassaapp.printout.documents import document
from kassaapp.printout.paper import Marking

__all__ = ["Marking", "cash_slip", "day_report", "document", "pdf", "period_report", "receipt", "slip", "trial"]
