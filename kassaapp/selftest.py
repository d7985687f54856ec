"""A desk proves itself: what must work on Monday morning is done once, in order, by the program itself (PEERS idea 25).

Each check ends with a verdict, what was found and, where it is not well, what to do. Nothing of it is a sale: the visit
that is registered goes into the journal of a practice of its own, which is taken away afterwards.
"""

import enum
import json
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from kassaapp import demo, wording
from kassaapp.app import Desk
from kassaapp.domain.catalogue import Article
from kassaapp.domain.errors import Refused
from kassaapp.domain.fees import Wish
from kassaapp.domain.patient_id import read_patient_id
from kassaapp.domain.tender import Offer
from kassaapp.domain.visit import Patient, Tender
from kassaapp.journal import durable, shadow, sharing
from kassaapp.papers import put
from kassaapp.printer import Outcome
from kassaapp.printout import protocol
from kassaapp.recorder import COUNTER_ROLES
from kassaapp.trouble import JournalUnreadable, Trouble
from kassaapp.verify.audit import audit
from sync.wire import canonical, signature

RESULT_NAME = "selftest.json"
PRACTICE_NAME = "selftest"
CLOCK_SLACK = timedelta(minutes=2)
TEST_PATIENT = "191212121212"
"""The number that Skatteverket has published for tests; nobody has it."""
_WITH_ADDRESS = "Provgatan 1, 111 11 Provstad"


class Verdict(enum.StrEnum):
    """How a check ended. `NOT_TRIED` needs a person, and is tried in the window."""

    GOOD = "OK"
    NOTED = "OBS"
    FAILED = "FEL"
    NOT_TRIED = "EJ PROVAT"


@dataclass(frozen=True, slots=True)
class Check:
    """One check: of what, how it ended, what was found, and what to do about it."""

    name: str
    verdict: Verdict
    says: str
    do: str = ""

    def __str__(self) -> str:
        do = f" {self.do}" if self.do else ""
        return f"{self.verdict:<9} {self.name}: {self.says}{do}"


def run(desk: Desk, tell: Callable[[Check], None], *, paper: bool = True) -> list[Check]:
    """Make every check of an open desk, telling each as it is done. `paper`: a test print comes out of the printer.
    The desk must not be contacting its region by itself. Raises nothing that a check can tell."""
    done: list[Check] = []
    for check in _checks(desk, paper=paper):
        done.append(check)
        tell(check)
    return done


def is_well(checks: list[Check]) -> bool:
    """Whether none failed."""
    return all(check.verdict is not Verdict.FAILED for check in checks)


def scanner(is_right: bool | None) -> Check:
    """How the scanner did with the code on the test print."""
    if is_right is None:
        return Check(
            "Skanner", Verdict.NOT_TRIED, "Behöver en person: skanna koden på provutskriften vid första starten."
        )
    if is_right:
        return Check("Skanner", Verdict.GOOD, "Läste koden på provutskriften.")
    do = "Ställ in skannern på svenskt tangentbord."
    return Check("Skanner", Verdict.FAILED, "Läste något annat än koden på provutskriften.", do)


def put_protocol(desk: Desk, checks: list[Check]) -> Path:
    """Write the protocol for whoever deployed the desk, as PDF in the desk's folder `protokoll`, and the result beside
    the journals, for diagnostics. Raises OSError."""
    at, first = desk.clock(), desk.register(desk.tills[0])
    rows = [protocol.Tried(check.name, check.verdict.value, check.says, check.do) for check in checks]
    slip = protocol.protocol(first.configuration, rows, at=at, tills=names(desk), demo=desk.clinic.demo)
    result = {"at": at.isoformat(), "checks": {check.name: check.verdict.value for check in checks}}
    durable.write_text(desk.folder / RESULT_NAME, json.dumps(result, ensure_ascii=False, indent=1))
    return put(desk.folder / "protokoll", f"protokoll-{first.configuration.register}-{at:%Y%m%d-%H%M%S}", slip)


def names(desk: Desk) -> tuple[str, ...]:
    """What the desk's tills are called on paper."""
    return tuple(f"{desk.register(letter).configuration.register}{letter}" for letter in desk.tills)


def _checks(desk: Desk, *, paper: bool) -> Iterator[Check]:
    for letter in desk.tills:
        yield _key(desk, letter)
    yield _enrolment(desk)
    yield _configuration(desk)
    yield _disk(desk)
    for letter in desk.tills:
        yield _second_medium(desk, letter)
    for letter in desk.tills:
        yield _region(desk, letter)
    yield _clock(desk)
    yield _printer(desk, paper=paper)
    yield scanner(None)
    for letter in desk.tills:
        yield _training(desk, letter)


def _name(desk: Desk, letter: str) -> str:
    return f"{desk.register(letter).configuration.register}{letter}"


def _key(desk: Desk, letter: str) -> Check:
    journal, where = desk.slips(letter).journal, "datorns nyckelring"
    message = b"kassa/selftest\0" + journal.enrolment.chain
    signature.verify(journal.enrolment.public_key, journal.signer.sign(message), message)
    if desk.clinic.custody == "machine":
        where = "en fil i kassans mapp"
    short = canonical.to_text(journal.enrolment.public_key)[:8]
    return Check(
        f"Nyckel {_name(desk, letter)}", Verdict.GOOD, f"Signerar som certifikatet säger ({short}). Ligger i {where}."
    )


def _enrolment(desk: Desk) -> Check:
    certificate = desk.slips(desk.tills[0]).journal.enrolment
    text = f"{', '.join(names(desk))} hos {certificate.clinic}, {desk.register(desk.tills[0]).configuration.region}."
    return Check("Registrering", Verdict.GOOD, text)


def _configuration(desk: Desk) -> Check:
    configuration, day = desk.register(desk.tills[0]).configuration, desk.clock().date()
    on_sale = {letter: len(configuration.catalogue.on_sale(till=letter, day=day)) for letter in desk.tills}
    people = [user for user in configuration.users.values() if user.roles & set(COUNTER_ROLES)]
    articles = ", ".join(f"{count} artiklar i {letter}" for letter, count in on_sale.items())
    says = f"Nummer {configuration.number}: {articles}, {len(people)} som får ta betalt."
    if not people or not all(on_sale.values()):
        return Check("Prislista och användare", Verdict.FAILED, says, "Be regionen publicera det som saknas.")
    return Check("Prislista och användare", Verdict.GOOD, says)


def _disk(desk: Desk) -> Check:
    room = desk.space.room()
    says = f"{wording.disk_left(room.free_bytes)} kvar."
    if room.is_full:
        return Check("Disk", Verdict.FAILED, says, "Frigör plats: kassan tar inte betalt.")
    if room.is_low:
        return Check("Disk", Verdict.NOTED, says, "Frigör plats snart.")
    return Check("Disk", Verdict.GOOD, says)


def _second_medium(desk: Desk, letter: str) -> Check:
    journal, name = desk.slips(letter).journal, f"Andra mediet {_name(desk, letter)}"
    path = journal.second_medium_path
    try:
        if path is None or journal.second_medium_lost:
            raise OSError
        held = shadow.read(path)
    except (OSError, JournalUnreadable):
        where = "" if path is None else f" i {path.parent}"
        return Check(name, Verdict.FAILED, f"Går inte att skriva{where}.", "Kontrollera mappen i klinikfilen.")
    if held.damaged is not None or held.torn or len(held.records) != journal.count():
        return Check(name, Verdict.FAILED, "Läses inte tillbaka som det skrevs.", "Byt mediet.")
    says = f"{len(held.records)} poster lästa tillbaka."
    if desk.clinic.custody == sharing.SHARED and os.name == "posix" and not sharing.is_shared(path.parent):
        do = f"Ge mappen till gruppen {sharing.GROUP}: chgrp {sharing.GROUP} och chmod 2770."
        return Check(name, Verdict.NOTED, f"{says} Mappen är inte delad mellan kontona.", do)
    if path.stat().st_dev == desk.folder.stat().st_dev:
        return Check(name, Verdict.NOTED, f"{says} Ligger på samma disk som kassajournalen.", "Ange en annan disk.")
    return Check(name, Verdict.GOOD, says)


def _region(desk: Desk, letter: str) -> Check:
    name = f"Region {_name(desk, letter)}"
    if desk.clinic.server is None:
        return Check(name, Verdict.NOTED, "Kassan har ingen region: bara för övning.")
    status = desk.sync_now(letter)
    if status.attention is not None:
        return Check(name, Verdict.FAILED, f"Regionen svarade: {status.attention.value}.", "Ring regionens förvaltare.")
    if not status.reachable or status.unsent:
        return Check(
            name, Verdict.FAILED, "Svarade inte.", "Kontrollera nätverk, brandvägg och adressen i klinikfilen."
        )
    return Check(name, Verdict.GOOD, f"Post 0 till {status.proved_seq} skickade, bevis mottaget och prövat.")


def _clock(desk: Desk) -> Check:
    at, proof = desk.clock(), desk.slips(desk.tills[0]).journal.proof()
    if desk.clinic.server is None or proof is None:
        return Check("Klocka", Verdict.NOTED, f"{wording.moment(at)}. Ingen region att jämföra med.")
    heard_ms = canonical.decode_object(proof.leaf).get("at")
    theirs = datetime.fromtimestamp(heard_ms / 1000, at.tzinfo) if isinstance(heard_ms, int) else at
    if abs(theirs - at) > CLOCK_SLACK:
        says = f"{wording.moment(at)}, men regionens klocka är {wording.moment(theirs)}."
        return Check("Klocka", Verdict.FAILED, says, "Ställ datorns klocka.")
    return Check("Klocka", Verdict.GOOD, f"{wording.moment(at)}, som regionens.")


_STOOD_STILL = {
    Outcome.NO_PAPER: "Papperet är slut.",
    Outcome.COVER_OPEN: "Locket är öppet.",
    Outcome.NOT_READY: "Skrivaren är inte redo.",
    Outcome.NOT_ANSWERING: "Skrivaren svarar inte.",
}


def _printer(desk: Desk, *, paper: bool) -> Check:
    letter = desk.tills[0]
    slip = desk.slips(letter).test(desk.clock())
    if desk.printer is None:
        try:
            made = put(desk.paper_folder(letter), "provutskrift", slip)
        except OSError:
            return Check("Kvitton", Verdict.FAILED, "Mappen för kvitton går inte att skriva i.", "Rätta klinikfilen.")
        return Check("Kvitton", Verdict.NOTED, f"Ingen kvittoskrivare. Kvitton läggs som PDF i {made.parent}.")
    if not paper:
        return Check("Kvittoskrivare", Verdict.NOT_TRIED, f"{desk.clinic.printer}.")
    outcome = desk.printer.print(slip)
    if outcome in _STOOD_STILL:
        do = "Se till skrivaren och gör om självtestet (selftest)."
        return Check("Kvittoskrivare", Verdict.FAILED, f"{desk.clinic.printer}: {_STOOD_STILL[outcome]}", do)
    if outcome is Outcome.UNKNOWN:
        return Check(
            "Kvittoskrivare", Verdict.NOTED, f"{desk.clinic.printer} bröt förbindelsen.", "Se om provet kom ut."
        )
    return Check(
        "Kvittoskrivare", Verdict.GOOD, f"{desk.clinic.printer} tog emot provutskriften.", "Se att å ä ö är rätt."
    )


def _training(desk: Desk, letter: str) -> Check:
    """A visit registered, paid and verified at a till of practice with the clinic's own prices and rules."""
    name, folder = f"Provbesök {_name(desk, letter)}", desk.folder / PRACTICE_NAME
    shutil.rmtree(folder, ignore_errors=True)
    try:
        amount = _sold(desk, letter, folder)
        findings = audit(folder / letter / "journal.db").findings
    except (Refused, Trouble, OSError, StopIteration) as error:
        return Check(name, Verdict.FAILED, f"Besöket blev inte registrerat: {type(error).__name__}.", "Ring it-stödet.")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if findings:
        return Check(name, Verdict.FAILED, f"Granskningen fann {findings[0].fault}.", "Ring it-stödet.")
    return Check(name, Verdict.GOOD, f"{amount} i övningsläge, kvitto som PDF, journalen granskad: hel.")


def _sold(desk: Desk, letter: str, folder: Path) -> str:
    """Raises Refused when nothing could be sold, StopIteration when there is nobody to sell."""
    journal, real = desk.slips(letter).journal, desk.register(letter)
    demo.enrol(
        folder,
        now=desk.clock,
        tills=(letter,),
        contents=journal.configurations.contents(real.configuration.number),
        place=demo.Place(clinic=journal.enrolment.clinic, register=journal.enrolment.register),
    )
    patient = Patient(read_patient_id(TEST_PATIENT, today=desk.clock().date()), "Prov Provsson", address=_WITH_ADDRESS)
    with Desk.open(folder, desk.clock) as practice:
        register = practice.register(letter)
        register.follow(next(user for user in real.configuration.users.values() if user.roles & set(COUNTER_ROLES)))
        register.open_session(register.till.float_ore)
        refused: Refused | None = None
        on_sale = real.configuration.catalogue.on_sale(till=letter, day=desk.clock().date())
        for article in sorted(on_sale, key=_price, reverse=True):
            try:
                sold = register.sell(patient, [Wish(article.number)], [Offer(Tender.CASH)])
            except Refused as refusal:
                refused = refusal
                continue
            practice.save_receipt(letter, sold.event.receipt)
            return wording.amount_plain(sum(line.amount_ore for line in sold.event.lines)) + " kr"
    raise refused or StopIteration


def _price(article: Article) -> int:
    return article.price_ore
