"""`develop.py demo`: a region server and an enrolled till beside it, from nothing, in one folder.

With a display the window opens and the region answers until it is closed. Without one a whole clinic day is played
through the same Register: paid and free visits, the network cable out and in again, counting and the Z report; then the
journal is verified and the region audited. Everything lies in `.demo/` (or the folder named with --folder).
"""

import argparse
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from kassaapp.app import Clock, Desk
from kassaapp.domain import day_report
from kassaapp.domain.errors import Refused
from kassaapp.domain.fees import Wish
from kassaapp.domain.patient_id import read_patient_id
from kassaapp.domain.refund import GiveBack
from kassaapp.domain.session import Count
from kassaapp.domain.tender import Offer
from kassaapp.domain.visit import Patient, Tender
from kassaapp.wording import amount, explain
from sync.wire.canonical import to_text
from sync.wire.demo_keys import demo_keys

ROOT = Path(__file__).resolve().parent.parent
DOCUMENT = ROOT / "resources" / "demo" / "demo.toml"
TILL, OWN_TILL = "H", "E"


def main(arguments: list[str] | None = None) -> int:
    """Run the demo; the exit code."""
    parser = argparse.ArgumentParser(prog="develop.py demo", description=__doc__)
    parser.add_argument("--folder", type=Path, default=ROOT / ".demo", help="where everything is put (begun afresh)")
    parser.add_argument("--no-window", action="store_true", help="play the day even if there is a display")
    options = parser.parse_args(arguments)
    folder: Path = options.folder.resolve()
    _fresh(folder)
    say(f"demo folder {folder}")
    region = folder / "region"
    server("init", region, "--demo")
    server("publish", region, DOCUMENT)
    code = server(
        "register", "new", region, "--clinic", "ekbacken", "--name", "R0417", "--till", TILL, "--till", OWN_TILL
    ).split()[-1]
    port = free_port()
    with running_region(region, port):
        clinic_file = write_clinic_file(folder, port, code)
        till("enrol", "--clinic", clinic_file, "--unattended", "--data", folder / "till")
        say("the till is enrolled: key, certificate, price list")
        if has_display() and not options.no_window:
            say("the window opens; sign in with anber / 123456. Close it to end the demo.")
            return subprocess.run([sys.executable, "-m", "kassaapp", "--data", folder / "till"], check=False).returncode
    return without_a_display(folder, region, port)


def without_a_display(folder: Path, region: Path, port: int) -> int:
    """Play the day, take the pictures, verify both sides; 0 when everything holds."""
    with Desk.open(folder / "till", clock := Clock()) as desk:
        play_the_day(desk, clock, region, port)
    take_pictures(folder)
    verified = subprocess.run(
        [sys.executable, "-m", "kassaapp", "verify", folder / "till"], cwd=ROOT, check=False
    ).returncode
    say(server("audit", region).strip() or "the region's ledger is whole")
    say("look here:")
    for path in sorted([*folder.glob("kvitton/*.pdf"), *folder.glob("bilder/*.png")]):
        say(f"  {path}")
    say(f"  {folder / 'till' / TILL / 'journal.db'}  (python -m kassaapp verify {folder / 'till'})")
    return verified


# ── the day ──────────────────────────────────────────────────────────────────────────────────────────────────────────

Visit = tuple[str, str, str, int, list[Offer]]
ADULT, TWENTY_ONE, OLD, CHILD = "196101182803", "200510162381", "194004057032", "202312312388"
VISITS: tuple[Visit, ...] = (
    ("08:02", ADULT, "Test Testsson", 1, [Offer(Tender.CASH, given_ore=50_000)]),
    ("08:15", "195009072553", "Åke Ängström", 2, []),
    ("08:31", TWENTY_ONE, "Östen Åberg", 1, [Offer(Tender.CARD, reference="004217")]),
    ("09:05", OLD, "Märta Öberg", 1, []),
    ("09:20", CHILD, "Alva Barn", 1, []),
    ("09:40", "197010632391", "Samira Ek", 3, [Offer(Tender.SWISH, reference="H-4")]),
    ("10:20", ADULT, "Test Testsson", 5, [Offer(Tender.CARD, reference="004218")]),
)
OFFLINE_VISITS: tuple[Visit, ...] = (
    ("11:02", TWENTY_ONE, "Östen Åberg", 4, [Offer(Tender.CARD, 15_000), Offer(Tender.CASH, 5_000)]),
    ("11:30", "25780404KHD5", "Kim Okänd", 1, [Offer(Tender.CASH)]),
)


def play_the_day(desk: Desk, clock: Clock, region: Path, port: int) -> None:
    """A short day at the demo clinic, with the network out from 11 to 13."""
    day = clock().date()

    def at(text: str) -> datetime:
        hour, minute = text.split(":")
        told = datetime(day.year, day.month, day.day, int(hour), int(minute)).astimezone()
        clock.set(told)
        return told

    register = desk.register(TILL)
    at("07:42")
    say(f"07:42 {desk.sign_in('anber', '123456').name} signs in")
    register.open_session(100_000)
    desk.register(OWN_TILL).open_session(50_000)
    say("07:43 the tills are opened: H with 1 000,00 kr, E with 500,00 kr")
    with running_region(region, port):
        for visit in VISITS:
            at(visit[0])
            sell(desk, *visit)
        refused(desk)
        at("10:28")
        sell_own(desk)
        say(f"10:30 sync: {sync(desk)}")
    for visit in OFFLINE_VISITS:
        at(visit[0])
        sell(desk, *visit)
    say(f"11:31 network out: {sync(desk)}")
    with running_region(region, port):
        at("13:00")
        say(f"13:00 network back: {sync(desk)}")
        at("13:30")
        give_back(desk)
        at("16:30")
        figures = register.x_report()
        due = day_report.expected(figures)
        count = Count(due["cash"] - 1_000, due["card"], due["swish"])
        closed = register.close_session(count, "123456", "Fel växel vid kassan")
        desk.save_z(TILL, closed)
        say(f"16:30 H closed: Z {closed.event.z}, sales {amount(closed.event.figures.sales_ore)}, 10 kr short")
        own = desk.register(OWN_TILL)
        closed = own.close_session(Count(own.expected_cash_ore()), "123456")
        desk.save_z(OWN_TILL, closed)
        say(f"16:31 E closed: Z {closed.event.z}, sales {amount(closed.event.figures.sales_ore)}")
        desk.sign_out()
        say(f"16:31 sync: {sync(desk)}")


def sell(desk: Desk, clock: str, number: str, name: str, article: int, offers: list[Offer]) -> None:
    """Register one visit and print its receipt."""
    register = desk.register(TILL)
    patient = Patient(read_patient_id(number, today=register.now().date()), name)
    sold = register.sell(patient, [Wish(article)], offers)
    desk.save_receipt(TILL, sold.event.receipt)
    line = sold.event.lines[0]
    say(f"{clock} receipt {sold.event.receipt}: {line.text} {amount(sold.event.to_pay_ore)}")


def sell_own(desk: Desk) -> None:
    """A certificate and a vaccination in the clinic's own till: a kontantfaktura, with VAT and rounding."""
    register = desk.register(OWN_TILL)
    patient_id = read_patient_id(ADULT, today=register.now().date())
    patient = Patient(patient_id, "Test Testsson", address="Storgatan 1, 123 45 Demostad")
    sold = register.sell(patient, [Wish(101), Wish(103)], [Offer(Tender.CASH, given_ore=110_000)])
    desk.save_receipt(OWN_TILL, sold.event.receipt)
    say(f"10:28 kontantfaktura E-{sold.event.receipt}: {amount(sold.event.to_pay_ore)} in cash")


def give_back(desk: Desk) -> None:
    """The missed visit had been cancelled in time: the fee goes back to the card."""
    refunded = desk.register(TILL).refund(7, [GiveBack(1, 40_000)], [Offer(Tender.CARD)], "Besöket var avbokat")
    desk.save_receipt(TILL, refunded.event.receipt)
    say(f"13:30 return receipt {refunded.event.receipt}: {amount(refunded.event.to_pay_ore)} back to the card")


def refused(desk: Desk) -> None:
    """What the till says to a wrong check digit."""
    try:
        desk.register(TILL).look_up("191212121213")
    except Refused as refusal:
        say(f"10:25 refused: {explain(refusal)}")


def sync(desk: Desk) -> str:
    """Contact the region; how it stands."""
    statuses = [desk.sync_now(letter) for letter in desk.tills]
    contact = "in contact" if all(status.reachable for status in statuses) else "no contact"
    return f"{contact}, {sum(status.unsent for status in statuses)} records waiting"


def take_pictures(folder: Path) -> None:
    """Every screen as a picture, drawn without a display."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from kassaapp.ui import pictures

    pictures.take(folder / "bilder")


# ── the programs ─────────────────────────────────────────────────────────────────────────────────────────────────────


def server(*words: str | Path) -> str:
    """Run one command of the region; what it printed."""
    command = [sys.executable, "-m", "sync.server", *map(str, words)]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if ended.returncode:
        raise SystemExit(f"sync.server {words[0]} failed:\n{ended.stdout}{ended.stderr}")
    return ended.stdout


def till(*words: str | Path) -> None:
    """Run one command of the till."""
    ended = subprocess.run([sys.executable, "-m", "kassaapp", *map(str, words)], cwd=ROOT, check=False)
    if ended.returncode:
        raise SystemExit(f"kassaapp {words[0]} ended with {ended.returncode}")


@contextmanager
def running_region(folder: Path, port: int) -> Iterator[None]:
    """The region's server, answering until the block ends."""
    log = (folder / "serve.log").open("ab")
    command = [sys.executable, "-m", "sync.server", "serve", str(folder), "--port", str(port)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)
    try:
        wait_until_answering(process, port)
        yield
    finally:
        process.terminate()
        process.wait(timeout=30)
        log.close()


def wait_until_answering(process: subprocess.Popen[bytes], port: int) -> None:
    """Return when the region answers; end the demo when it does not within a minute."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/v1/ledger/checkpoint", timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise SystemExit("the region server did not start; see serve.log in its folder")


def write_clinic_file(folder: Path, port: int, code: str) -> Path:
    """The one small file that says which clinic this is."""
    path = folder / "ekbacken.toml"
    path.write_text(
        f'server = "http://127.0.0.1:{port}"\n'
        f'root_key = "{to_text(demo_keys().root.public_key)}"\n'
        f'code = "{code}"\n'
        f'tills = ["{TILL}", "{OWN_TILL}"]\n'
        'custody = "machine"\n'
        f"second_medium = {str(folder / 'second-medium')!r}\n"
        f"receipts = {str(folder / 'kvitton')!r}\n"
        "demo = true\n",
        encoding="utf-8",
    )
    return path


def free_port() -> int:
    """A port on the loopback that nobody uses."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def has_display() -> bool:
    """Whether a window can be shown."""
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def say(text: str) -> None:
    """One line of progress."""
    print(text, flush=True)


def _fresh(folder: Path) -> None:
    """An empty folder. Only one that an earlier demo made is cleared."""
    if folder.exists() and any(folder.iterdir()) and not (folder / "ekbacken.toml").exists():
        raise SystemExit(f"{folder} is not empty and no demo made it")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)


if __name__ == "__main__":
    sys.exit(main())
