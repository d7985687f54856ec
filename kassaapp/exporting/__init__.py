"""What leaves the till as a file, from the words that ask for it to the record that it was made.

`read_request` reads the words; `Export` makes one till's file or folder from its open journal, in four steps, so that
the window can go on meanwhile; `desk.export` does all of it for a command line. Nothing is ever written over.
"""

from kassaapp.exporting.desk import export
from kassaapp.exporting.export import Export, about_place
from kassaapp.exporting.request import Request, read_request
from kassaapp.exporting.source import PSEUDONYM_DOMAIN, Source

__all__ = ["PSEUDONYM_DOMAIN", "Export", "Request", "Source", "about_place", "export", "read_request"]
