"""What can be wrong with a till's evidence: every class of fault, with its word for programs and its words for people.

Classes, and not one long list of sentences: an auditor asks first *what kind* of wrong it is (PEERS 5b). The words for
programs are for ever; they stand in the answer of `verify --json`.
"""

import enum


class Fault(enum.StrEnum):
    """The class of a finding, or of a warning."""

    # the file and its bytes
    FILE = "file"
    MALFORMED = "malformed"
    VERSION = "version"
    CHANGED = "changed"
    PART = "part"
    # the chain
    MISSING = "missing"
    UNDECLARED = "missing-undeclared"
    CUT = "cut"
    LINK = "link"
    BIRTH = "birth"
    SUCCESSION = "succession"
    FORK = "fork"
    CLOSED = "closed"
    # keys
    SIGNATURE = "signature"
    KEY = "key"
    SHARED_KEY = "shared-key"
    # what the records say
    NUMBER = "number"
    TOTAL = "total"
    FIGURES = "figures"
    RETURN = "return"
    SESSION = "session"
    FLOAT = "float"
    TRAINING = "training"
    TILL = "till"
    PRICE = "price"
    CLOCK = "clock"
    # what stands beside them
    PROOF = "proof"
    CONFIGURATION = "configuration"
    SECOND_MEDIUM = "second-medium"
    UNCHECKED = "unchecked"
    DEMO = "demo"


Wrong = tuple[Fault, str]
"""A fault of one record, in words."""

_IN_SWEDISH = {
    Fault.FILE: "skadad fil",
    Fault.MALFORMED: "post som inte följer formatet",
    Fault.VERSION: "post av ett nyare program",
    Fault.CHANGED: "ändrad post",
    Fault.PART: "ändrat innehåll",
    Fault.MISSING: "post saknas",
    Fault.UNDECLARED: "post saknas utan att kassan har antecknat det",
    Fault.CUT: "avkortat slut",
    Fault.LINK: "bruten kedja",
    Fault.BIRTH: "kedja som inte börjar med kassans födelse",
    Fault.SUCCESSION: "kedja som inte följer på den före",
    Fault.FORK: "två historier",
    Fault.CLOSED: "post efter att kedjan stängdes",
    Fault.SIGNATURE: "fel signatur",
    Fault.KEY: "nyckel som inte är kassans",
    Fault.SHARED_KEY: "samma nyckel på två ställen",
    Fault.NUMBER: "nummer som hoppar eller kommer två gånger",
    Fault.TOTAL: "grand total som inte följer",
    Fault.FIGURES: "summor som inte stämmer",
    Fault.RETURN: "återlämnat som inte kan lämnas tillbaka",
    Fault.SESSION: "post utanför öppen kassa",
    Fault.FLOAT: "växelkassa som inte stämmer",
    Fault.TRAINING: "övning och skarpt läge i oordning",
    Fault.TILL: "fel kassa",
    Fault.PRICE: "pris som reglerna inte ger",
    Fault.CLOCK: "klocka som gick tillbaka",
    Fault.PROOF: "bevis från regionen som inte håller",
    Fault.CONFIGURATION: "prislista som inte är regionens",
    Fault.SECOND_MEDIUM: "andra mediet skiljer sig",
    Fault.UNCHECKED: "inte prövat",
    Fault.DEMO: "nycklar som alla känner",
}


def in_swedish(fault: Fault) -> str:
    """The class in words, for a person."""
    return _IN_SWEDISH[fault]
