"""A patient's identity number is read here and nowhere else: strictly, into one form for one person, and out of sight.

Personnummer, samordningsnummer, the reservnummer of Skåne, the national reserve identity, and by their shape the
reservnummer of other regions (DOMAIN 3, R34–R36). The till never makes a number.
"""

import enum
import re
from dataclasses import InitVar, dataclass, field
from datetime import date

from kassaapp.domain.errors import BadIdentity, IdentityProblem

OLDEST = 150
"""Years. A number that says more is a slip, most likely `+` for `-`; published test numbers reach 136."""
LENGTHS = (10, 12)
"""How many letters and digits a number may be written with."""

_COORDINATION_DAYS = 60  # is added to the day of birth in a samordningsnummer
_FIRST_YEAR = 1800  # no earlier year of birth is in the population register
_OLDEST = 115  # years; above, nobody need be asked whether ten digits are a child or a very old person


class IdKind(enum.StrEnum):
    """What sort of number it is."""

    PERSONNUMMER = "personnummer"
    SAMORDNINGSNUMMER = "samordningsnummer"
    RESERVE_SKANE = "reserve_skane"
    RESERVE_NATIONAL = "reserve_national"
    RESERVE_OTHER = "reserve_other"

    @property
    def oid(self) -> str:
        """The OID of the series; empty for `RESERVE_OTHER`, where each region has its own (`PatientId.oid`)."""
        return _OID_OF_KIND.get(self, "")


_OID_OF_KIND = {
    IdKind.PERSONNUMMER: "1.2.752.129.2.1.3.1",
    IdKind.SAMORDNINGSNUMMER: "1.2.752.129.2.1.3.3",
    IdKind.RESERVE_SKANE: "1.2.752.219.1.10.10.1",
    IdKind.RESERVE_NATIONAL: "1.2.752.74.9.1",
}


@dataclass(frozen=True, slots=True, repr=False)
class PatientId:
    """One patient's number. Shown, logged or put in a sentence it hides its last four characters.

    `value` is the stored form: the twelve characters of the number without sign or space. `read_patient_id` makes it
    of what a person wrote; whoever reads a record gives back what `reveal` gave. `oid` names the series, and is empty
    where several regions write numbers of that shape.
    """

    kind: IdKind
    value: InitVar[str]
    oid: str
    _number: str = field(init=False)

    def __post_init__(self, value: str) -> None:
        object.__setattr__(self, "_number", value)

    def __str__(self) -> str:
        return self.masked()

    def __repr__(self) -> str:
        return f"PatientId({self.kind.value} {self.masked()})"

    @property
    def is_shape_only(self) -> bool:
        """Whether only the shape was recognised, so that a slip of the finger goes unnoticed: warn (R36)."""
        return self.kind is IdKind.RESERVE_OTHER

    def reveal(self) -> str:
        """Return the number in its stored form. Only this and the two `formatted` give it away."""
        return self._number

    def masked(self) -> str:
        """Return the six characters that are mostly a date, and dots: `610118-••••`."""
        return f"{self._number[2:-4]}-••••"

    def formatted(self, day: date) -> str:
        """Return the number as it is written on `day`, dashed.

        Personnummer and samordningsnummer have ten digits, and `+` for the dash from the first of January of the year
        in which the person turns 100 (FOL 18 §; R34). A reservnummer has its twelve characters.
        """
        if self.kind not in (IdKind.PERSONNUMMER, IdKind.SAMORDNINGSNUMMER):
            return self.formatted_long()
        sign = "+" if day.year - int(self._number[:4]) >= 100 else "-"
        return f"{self._number[2:8]}{sign}{self._number[8:]}"

    def formatted_long(self) -> str:
        """Return all twelve characters, dashed: `19610118-2803`."""
        return f"{self._number[:-4]}-{self._number[-4:]}"

    def birth_date(self) -> date | None:
        """Return the date of birth that the number holds; None where it holds none, or not the whole of it."""
        match self.kind:
            case IdKind.SAMORDNINGSNUMMER:
                return _date(self._number[:8], days_added=_COORDINATION_DAYS)
            case IdKind.RESERVE_NATIONAL:
                return _date(_national_birth(self._number))
            case IdKind.RESERVE_OTHER if not all(shape.tells_birth for shape in _shapes(self._number)):
                return None
            case _:
                return _date(self._number[:8])

    def age_on(self, day: date) -> int | None:
        """Return the years completed on `day`; None where the birth is not known, or is after `day`."""
        born = self.birth_date()
        if born is None or born > day:
            return None
        return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def read_patient_id(text: str, *, today: date, scanned: bool = False) -> PatientId:
    """Return the patient's number that is written in `text`, or raise BadIdentity with what is wrong with it.

    Ten or twelve ASCII characters, small letters too, with or without a `-` or `+` before the last four; spaces do not
    count. In ten digits the sign chooses the century (R34). Without one the only reading that can be is taken, and if
    there are two the problem is TWO_CENTURIES: ask, and read again with all twelve. A `+` that was `scanned` is no sign
    at all, because a scanner set for another keyboard sends it for `-` (UX E08).
    """
    bare = text.replace(" ", "")
    reading = _read(bare, today, scanned=scanned)
    if isinstance(reading, IdentityProblem):
        raise BadIdentity(reading, _length(bare))
    age = reading.age_on(today)
    if age is not None and age > OLDEST and reading.kind is not IdKind.RESERVE_OTHER:
        raise BadIdentity(IdentityProblem.TOO_OLD, _length(bare))
    return reading


# ── What was written ─────────────────────────────────────────────────────────────────────────────

_Reading = PatientId | IdentityProblem

_WRITTEN = re.compile(r"([0-9]{6}|[0-9]{8})([-+]?)([0-9A-Z]{4})")


def _length(bare: str) -> int:
    return len(bare) - bare.count("-") - bare.count("+")


def _read(bare: str, today: date, *, scanned: bool) -> _Reading:
    if _length(bare) == 0:
        return IdentityProblem.EMPTY
    if _length(bare) not in LENGTHS:
        return IdentityProblem.WRONG_LENGTH
    # Only ASCII is put in capitals: elsewhere ſ would become S.
    written = _WRITTEN.fullmatch(bare.upper()) if bare.isascii() else None
    if written is None:
        return IdentityProblem.UNKNOWN_PATTERN
    first, sign, last = written.groups()
    if scanned and sign == "+":
        sign = ""
    if len(first) == 6:
        return _read_short(first + last, sign, today)
    return _read_long(first + last, today)


def _read_short(short: str, sign: str, today: date) -> _Reading:
    """Read ten characters: the century is to be found."""
    latest = today.year - (today.year - int(short[:2])) % 100
    if _SKANE.fullmatch(short):
        newest = latest - 100 if sign == "+" else latest
        return _newest_skane([f"{year}{short[2:]}" for year in (newest, newest - 100)], today)
    if not short.isdigit():
        return IdentityProblem.UNKNOWN_PATTERN
    younger = _read_population(f"{latest}{short[2:]}", today)
    older = _read_population(f"{latest - 100}{short[2:]}", today)
    match sign:
        case "-":
            return younger
        case "+":
            return older
        case _:
            return _one_of(younger, older, today)


def _one_of(younger: _Reading, older: _Reading, today: date) -> _Reading:
    """Choose between two centuries for ten digits without a sign."""
    if younger in (IdentityProblem.NO_SUCH_DATE, IdentityProblem.IN_THE_FUTURE):
        return older
    if isinstance(younger, PatientId) and isinstance(older, PatientId) and _years(older, today) <= _OLDEST:
        return IdentityProblem.TWO_CENTURIES
    return younger


def _years(patient_id: PatientId, day: date) -> int:
    """Return the age on `day`, or where only the year of birth is known the age on its last day."""
    age = patient_id.age_on(day)
    return day.year - int(patient_id.reveal()[:4]) if age is None else age


def _read_long(number: str, today: date) -> _Reading:
    """Read twelve characters, from the kinds that can be checked to those with a shape only."""
    if _SKANE.fullmatch(number):
        return _dated(IdKind.RESERVE_SKANE, number, today)
    if _NATIONAL.fullmatch(number):
        return _read_national(number, today)
    if shapes := _shapes(number):
        oids = {shape.oid for shape in shapes}
        return PatientId(IdKind.RESERVE_OTHER, number, oids.pop() if len(oids) == 1 else "")
    return _read_population(number, today) if number.isdigit() else IdentityProblem.UNKNOWN_PATTERN


# ── Dates and check digits ───────────────────────────────────────────────────────────────────────


def _date(digits: str, *, days_added: int = 0) -> date | None:
    """Return the date YYYYMMDD, or None if there is no such day, or nobody born then is in any register."""
    try:
        day = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]) - days_added)
    except ValueError:
        return None
    return day if day.year >= _FIRST_YEAR else None


def _dated(kind: IdKind, number: str, today: date) -> _Reading:
    """Return the number if its holder can have been born, else what is wrong with its date."""
    patient_id = PatientId(kind, number, kind.oid)
    born = patient_id.birth_date()
    if born is None:
        return IdentityProblem.NO_SUCH_DATE
    return patient_id if born <= today else IdentityProblem.IN_THE_FUTURE


def _check_digit(characters: str) -> str:
    """Return the modulus-10 digit that follows `characters`; a letter counts with its ASCII value (DOMAIN 3.3)."""
    total = 0
    for place, character in enumerate(reversed(characters)):
        worth = int(character) if character.isdigit() else ord(character)
        total += sum(int(digit) for digit in str(worth * 2 if place % 2 == 0 else worth))
    return str(-total % 10)


# ── Personnummer and samordningsnummer ───────────────────────────────────────────────────────────


def _read_population(number: str, today: date) -> _Reading:
    """Read the twelve digits of a number that Skatteverket has given."""
    if int(number[:4]) < _FIRST_YEAR:
        return IdentityProblem.UNKNOWN_PATTERN
    coordination = int(number[6:8]) >= _COORDINATION_DAYS
    reading = _read_coordination(number, today) if coordination else _read_personnummer(number, today)
    if isinstance(reading, PatientId) and _check_digit(number[2:-1]) != number[-1]:
        return IdentityProblem.CHECK_DIGIT
    return reading


def _read_personnummer(number: str, today: date) -> _Reading:
    """Read a personnummer but for its check digit (DOMAIN 3.1). Its serial is 001 to 999."""
    if number[8:11] == "000":
        return IdentityProblem.UNKNOWN_PATTERN
    return _dated(IdKind.PERSONNUMMER, number, today)


def _read_coordination(number: str, today: date) -> _Reading:
    """Read a samordningsnummer but for its check digit (DOMAIN 3.2).

    Its date need not exist: an unknown month is 00 and an unknown day 60, and days up to 91 are given out in any
    month. One in twelve of the numbers that Skatteverket publishes for tests is such a number.
    """
    year, month, day = int(number[:4]), int(number[4:6]), int(number[6:8]) - _COORDINATION_DAYS
    if month > 12 or day > 31:
        return IdentityProblem.NO_SUCH_DATE
    if (year, month, day) > (today.year, today.month, today.day):
        return IdentityProblem.IN_THE_FUTURE
    return PatientId(IdKind.SAMORDNINGSNUMMER, number, IdKind.SAMORDNINGSNUMMER.oid)


# ── Reservnummer of Skåne and of the nation ──────────────────────────────────────────────────────

_SKANE = re.compile(r"([0-9]{6}|[0-9]{8})[DEF][A-Z][01][A-Z]")

# The series for a known birth opens with 22–99, for an unknown one with 00 and no month or day that can be.
_NATIONAL = re.compile(
    r"(00[0-9]{2}[2-9][0-9][45][0-9]|(2[2-9]|[3-9][0-9])[0-9]{6})"
    r"[A-HJ-NPR-UX-Z]{2}[0-9A-HJ-NPR-UX-Z][0-9]"
)


def _newest_skane(numbers: list[str], today: date) -> _Reading:
    """Return the first number that can be, newest century first; else what is wrong with the newest.

    Skåne writes the same reservnummer with ten or twelve characters; it is stored with twelve.
    """
    readings = [_dated(IdKind.RESERVE_SKANE, number, today) for number in numbers]
    return next((reading for reading in readings if isinstance(reading, PatientId)), readings[0])


def _read_national(number: str, today: date) -> _Reading:
    """Read a national reserve identity XXYYMMDDNNGC (DOMAIN 3.3, R35)."""
    kind = IdKind.RESERVE_NATIONAL
    birth_unknown = number.startswith("00")
    reading = PatientId(kind, number, kind.oid) if birth_unknown else _dated(kind, number, today)
    if isinstance(reading, PatientId) and _check_digit(number[:-1]) != number[-1]:
        return IdentityProblem.CHECK_DIGIT
    return reading


def _national_birth(number: str) -> str:
    """Return the YYYYMMDD of a national reserve identity: its series steps by three from the century of birth."""
    series = int(number[:2])
    return f"{(series - 19) % 3 + 19}{number[2:8]}" if series else ""


# ── Reservnummer of other regions ────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _Shape:
    """What one region's reservnummer look like, and whether they begin with a date of birth."""

    oid: str
    pattern: re.Pattern[str]
    tells_birth: bool

    def fits(self, number: str) -> bool:
        return self.pattern.fullmatch(number) is not None


def _shape(oid: str, pattern: str, *, tells_birth: bool = True) -> _Shape:
    day = r"(1[89]|2[01])[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])"
    return _Shape(oid, re.compile(pattern.replace("DAY", day)), tells_birth)


_HALLAND = r"(1[7-9]|20)[0-9]{2}(0[1-9]|1[0-2])(3[2-9]|[45][0-9])[0-9]{4}"
_BLEKINGE = r"DAY[A-Z]{2}[0-9][A-Z]"

# HL7 Sweden's invariants (DOMAIN 3.4). A number is of the first group in which a shape fits, so that a narrow shape
# is tried before the wide one it is part of; where two fit in one group, nobody can say whose number it is.
_SHAPES = (
    (
        _shape("1.2.752.97.3.1.3", r"99[0-9]{10}", tells_birth=False),  # Stockholm: the year of issue
        _shape("1.2.752.74.9.6", _HALLAND, tells_birth=False),
        _shape("1.2.752.129.2.1.3.2", _HALLAND, tells_birth=False),  # Inera Carelink, the same shape
        _shape("1.2.752.74.9.3", r"DAYT[A-Z][0-9][A-J]"),  # Örebro
        _shape("1.2.752.74.9.2", r"[0-9]{8}SF[0-9][A-UW-Z1-9]"),  # Värmland, known birth
        _shape("1.2.752.74.9.2", r"[0-9]{8}S[UXPL][0-9][A-UW-Z1-9]", tells_birth=False),
        _shape("1.2.752.74.9.9", r"[0-9]{10}[MKX][0-9]"),  # Gävleborg
        _shape("1.2.752.269.1.1", r"DAY[0-9]{3}R"),  # Västernorrland
        _shape("1.2.752.266.1.1.2", r"18[56]00101[MNKP](?!000)[0-9]{3}", tells_birth=False),  # Sörmland
    ),
    (
        _shape("1.2.752.113.11.0.2.1.1.1", r"[0-9]{8}[KMX](0[6-9]|[1-8][0-9])[0-9]"),  # Västra Götaland
        _shape("1.2.752.74.9.7", r"DAY[REKA][0-9]{3}"),  # Västerbotten
    ),
    (
        _shape("1.2.752.74.9.5", _BLEKINGE),
        _shape("1.2.752.266.1.1.1", _BLEKINGE),  # Sörmland, the same shape
        _shape("1.2.752.74.9.8", r"DAY[A-Z][0-9]{3}"),  # Dalarna
    ),
    (_shape("1.2.752.113.11.0.2.1.1.4", r"[0-9]{8}[A-FHJ-NPR-Y][0-9]{3}", tells_birth=False),),  # Västra Götaland, old
)


def _shapes(number: str) -> list[_Shape]:
    """Return the shapes that `number` has, all of the same narrowness; none if it is no region's."""
    fitting = ([shape for shape in group if shape.fits(number)] for group in _SHAPES)
    return next((shapes for shapes in fitting if shapes), [])
