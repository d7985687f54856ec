"""A slip becomes a PDF, 80 mm wide and as long as it needs: the same slip always gives the same bytes."""

from kassaapp.printout.slip import Slip


def to_pdf(slip: Slip) -> bytes:
    """Draw the slip. Its text can be read back out, å ä ö included, and nothing but its title is in the properties."""
    from kassaapp.printout import sheet  # Loads reportlab, a tenth of a second that the start can do without.

    return sheet.draw(slip)


def guide_pdf(title: str, text: str) -> bytes:
    """Draw a text on sheets of A4, line by line as it is written; a line in capitals is a heading."""
    from kassaapp.printout import guide_sheet

    return guide_sheet.draw(title, text)
