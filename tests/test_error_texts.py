"""Every row of UX part 3 has its sentence in the program, or a reason why it has none.

The numbers are those of the drawing; the sentences are the program's own, by their beginnings or by what is in them.
"""

import ast
from pathlib import Path

import pytest

import kassaapp

SAID = {
    "E01": "Ange personnummer eller reservnummer.",
    "E02": "Numret ska ha 10 eller 12 tecken. Du har skrivit {given}.",
    "E03": "Datumet i numret finns inte. Kontrollera månad och dag.",
    "E04": "Kontrollsiffran stämmer inte. Jämför med legitimationen",
    "E05": "Födelsedatumet ligger i framtiden. Kontrollera årtalet.",
    "E06": "Kassan känner inte igen numret som personnummer, samordningsnummer eller reservnummer.",
    "E07": "Är patienten {younger} eller {older} år?",
    "E08": "Skannern skickade +, som betyder att patienten är över 100 år. Stämmer det?",
    "E09": "Ta betalt en gång till?",
    "E10": "Byt patient på hela försäljningen till {other}?",
    "E10a": "Skriv patientens namn som på legitimationen. Det ska finnas på varje kvitto.",
    "E10b": "Ange gatuadress, postnummer och ort.",
    "E11": "Kassan är inte öppen. Räkna växelkassan och öppna den för att ta betalt.",
    "E12": "Kassan har varit öppen sedan {when}. Stäng den först, det går även utan kontakt med servern.",
    "E14": "Slutför eller ta bort",
    "E15": "saknar pris i prislistan",
    "E17": "Ingen artikel heter «{text}». Närmast: {near}. Välj med ↓ och Enter.",
    "E18": "Koden {code} finns inte i kassan. Sök på namn eller nummer.",
    "E19": "Över {limit} behövs en andra person. Be kassaansvarig godkänna med sin pinkod",
    "E20": "Frikort ej kontrollerat. Fråga efter kortet.",
    "E21": "Slutför besöket här först, så öppnar kassan den andra med samma patient.",
    "E21b": "Kassan är inte öppen. Räkna växelkassan och öppna den för att ta betalt.",
    "E22": "Pinkoden stämmer inte. {left} försök kvar. Har du glömt koden, {call}.",
    "E23": "Inloggningen är spärrad till {time} efter för många försök.",
    "E30": "{given} räcker inte, det saknas {missing}. Ändra beloppet eller dela betalningen.",
    "E31": "Växeln blir {change}. Menade du {meant}?",
    "E32": "Skriv beloppet med siffror och högst ett kommatecken, till exempel 312,50.",
    "E33": "Kortköpet gick inte igenom. Inget är registrerat. Försök igen, välj ett annat betalsätt",
    "E34": "Kassan vet inte om kortköpet på {amount} gick igenom",
    "E35": "Titta i kassans Swish-lista, inte i patientens telefon. Vänta eller välj ett annat betalsätt.",
    "E36": "Skannern är inställd på ett annat tangentbord (− läses som +).",
    "E37": "I lådan finns {cash} enligt kassan. Välj ett annat betalsätt",
    "E38a": "Faktura – inte med skydd och reservnummer",
    "E38b": "Fakturan går via Skatteverkets förmedling. Skriv ingen adress.",
    "E38c": "Skickades kallelsen via Skatteverkets förmedling?",
    "E38d": "Faktura – ",
    "E39": "Högst {left} kan återbetalas här. {returned} är redan återbetalt.",
    "E40": "är återställd, ingen betalning hade registrerats.",
    "E50": "Papperet är slut i kvittoskrivaren.",
    "E51": "Kvittoskrivaren svarar inte.",
    "E52": "Kassan vet inte om {paper} skrevs ut. Titta i skrivaren.",
    "E52b": "Kopian är utskriven {when}",
    "E53": "är kvar på datorns disk. Du kan ta betalt i dag, men {call} före kvällen.",
    "E54": "Datorns disk är full och det senaste kunde inte sparas. Alla tidigare registreringar är sparade.",
    "E56": "Datorns klocka visar {shown} men den senaste registreringen gjordes {then}. Du kan fortsätta",
    "E57": "Kassan har hittat ett fel i kassajournalen och tar inte emot fler betalningar.",
    "E58": "Regionen kunde inte ta emot en post. Betalningarna gäller och är sparade här.",
    "E60": "Frånkopplad – {count} poster väntar. Kassan fungerar som vanligt.",
    "E61": "Svaret kommer när kassan har kontakt. Vänta, eller ta betalt på annat sätt.",
    "E62": "Skickar {count} poster",
    "E64": "Kassan är redan igång på den här datorn.",
    "E65": "Regionen känner inte igen den här kassan.",
    "E69": "Undantaget från Skatteverket gäller till {day}, {left} dagar kvar.",
    "E70": "Övningsläge. Inget av det du gör räknas.",
}
UNSAID = {
    "E13": "the till says who opened it in its history; each receipt has its own cashier, and nobody is stopped",
    "E16": "after a day without contact the strip of offline_warning_h says so, whatever is not up to date",
    "E55": "the till is not told how its clock stands to the region's; one that goes back is seen (E56)",
    "E59": "nothing is said: it counts as received",
    "E63": "an update is installed by the machine's own installer, with the program closed",
    "E66": "Qt does not tell of Caps Lock; the PIN has digits alone, and a user is the same in capitals",
    "E67": "paper forms are not entered afterwards until the region has decided",
    "E68": "the second medium is written at once; nobody carries a copy",
}


def sentences() -> str:
    """Every sentence of the window, as it stands in the program."""
    found: list[str] = []
    for path in Path(kassaapp.__path__[0]).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("_", "ngettext"):
                found += [str(one.value) for one in node.args if isinstance(one, ast.Constant)]
    return "\n".join(found)


@pytest.fixture(scope="module")
def program() -> str:
    return sentences()


@pytest.mark.parametrize("row", SAID)
def test_the_row_has_its_sentence(program: str, row: str) -> None:
    assert SAID[row] in program


def test_a_row_is_said_or_there_is_a_reason_and_never_both() -> None:
    assert not set(SAID) & set(UNSAID)
    assert len(SAID) + len(UNSAID) == 62


@pytest.mark.parametrize("word", ["ogiltig", "vänligen", "tyvärr", "fel uppstod", "!"])
def test_no_sentence_has_such_words(program: str, word: str) -> None:
    assert word not in program.lower()
