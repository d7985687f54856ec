"""The commands of the till: `python -m kassaapp` opens the window; see `--help` for enrol, acts, export and verify."""

import argparse
import logging
import os
import sys
from contextlib import suppress
from pathlib import Path

from kassaapp import VERSION, logs
from kassaapp.paths import data_folder
from sync.wire import argv

LOGGED = (None, "acts", "enrol", "selftest")
"""The commands that run a till, and log in its folder."""


def main(arguments: list[str] | None = None) -> int:
    """Run one command; the exit code."""
    options = _parser().parse_args(argv.joined(arguments, "--key", "--root-key"))
    options.data = getattr(options, "data", None) or data_folder()
    options.clinic = getattr(options, "clinic", None)
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    _share(options)
    if options.command in LOGGED and _is_there(options.data):
        logs.begin(options.data)
    match options.command:
        case "verify":
            return _verify(options)
        case "enrol":
            return _enrol(options)
        case "selftest":
            return _selftest(options)
        case "acts":
            return _acts(options)
        case "export":
            return _export(options)
        case "health":
            return _health(options.data)
        case "idle":
            return _idle(options.data)
        case "diagnose":
            return _diagnose(options)
        case _:
            return _window(options)


def _is_there(folder: Path) -> bool:
    """Whether the folder is there, as far as this account may know. Whoever needs it says what is wrong."""
    try:
        return folder.exists()
    except OSError:
        return False


def _share(options: argparse.Namespace) -> None:
    """At a desk that several accounts share, what is made is theirs in common."""
    from kassaapp import clinic
    from kassaapp.journal import sharing
    from kassaapp.trouble import BadClinicFile

    if getattr(options, "demo", False):
        sharing.use(sharing.SHARED)
        return
    for file in filter(None, (options.data / "clinic.toml", options.clinic)):
        with suppress(BadClinicFile):  # Whoever needs the file says so.
            sharing.use(clinic.read(file).custody)
            return


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="kassaapp", description="Kassan vid vårdcentralens disk.")
    parser.add_argument("--version", action="version", version=VERSION)
    _add_places(parser)
    commands = parser.add_subparsers(dest="command")
    enrol = commands.add_parser("enrol", help="första start: kod, nyckel, certifikat, prislista")
    _add_places(enrol)
    enrol.add_argument(
        "--unattended", action="store_true", help="fråga ingenting, pröva allt; svaret är raderna och avslutskoden"
    )
    selftest = commands.add_parser(
        "selftest", help="pröva allt som ska fungera, och skriv ett protokoll: 0 väl, 13 fel"
    )
    for tried in (enrol, selftest):
        tried.add_argument("--no-paper", action="store_true", help="ingen provutskrift på kvittoskrivaren")
    _add_places(selftest)
    acts = commands.add_parser("acts", help="kassan utan fönster: JSON-rader in och ut")
    _add_places(acts)
    acts.add_argument("--demo", action="store_true", help="registrera en tom mapp som demokliniken")
    _add_places(commands.add_parser("health", help="en rad om hur kassan mår: 0 väl, 1 varning, 2 allvarligt, 3 okänt"))
    _add_places(commands.add_parser("idle", help="får programmet bytas nu? 0 ja, 1 en session är öppen, 3 kassan körs"))
    diagnose = commands.add_parser("diagnose", help="allt som den som hjälper till behöver veta, utan personuppgifter")
    _add_places(diagnose)
    diagnose.add_argument("--out", type=Path, required=True, metavar="ZIP", help="filen som ska skrivas")
    diagnose.add_argument("--no-verify", action="store_true", help="granska inte kassajournalen")
    _add_export(
        commands.add_parser("export", help="skriv en fil ur kassajournalen, eller mappen för ett kontrollbesök")
    )
    _add_verify(commands.add_parser("verify", help="granska en kassas bevis: 0 hel, 1 fynd, 2 går inte att läsa"))
    return parser


def _add_places(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, default=argparse.SUPPRESS, metavar="DIR", help="kassans mapp")
    parser.add_argument("--clinic", type=Path, default=argparse.SUPPRESS, metavar="FILE", help="klinikfilen")


def _add_verify(verify: argparse.ArgumentParser) -> None:
    verify.add_argument(
        "path",
        type=Path,
        metavar="PATH",
        help="en kassajournal, kassans mapp, ett andra medium (.kj), siffrorna ur en QR-kod eller ett svar från"
        " regionen (de två sista också på standard in: -)",
    )
    verify.add_argument("--json", action="store_true", help="svara som JSON")
    verify.add_argument("--journal", type=Path, metavar="PATH", help="kassajournalen att hålla beviset mot")
    verify.add_argument("--key", metavar="KEY", help="kassans publika nyckel i base64url, eller en fil med certifikat")
    verify.add_argument("--root-key", metavar="KEY", help="regionens rotnyckel i base64url")
    verify.add_argument("--trust", metavar="FILE", help="regionens nycklar: svaret på en registrering, eller ramar")


def _add_export(export: argparse.ArgumentParser) -> None:
    from kassaapp.export.csv import Column

    export.epilog = (
        "Avslutskod: 0 gjord, 1 fel runt kassan, 2 felskrivet, 3 inget att exportera, 4 konton saknas, 5 filen finns"
        " redan, 6 filen gick inte att skriva."
    )
    _add_places(export)
    export.add_argument(
        "format", nargs="?", metavar="FORMAT", help="xml (SKVFS 2021:16), sie (SIE 4I), csv eller control-visit"
    )
    export.add_argument("--from", dest="first", metavar="DAG", help="första dagen, som 2026-01-01")
    export.add_argument("--to", dest="last", metavar="DAG", help="sista dagen")
    export.add_argument(
        "--out", metavar="FIL", help="filen eller mappen som ska skrivas; det som finns skrivs aldrig över"
    )
    export.add_argument("--till", metavar="H|E", help="vilken kassa; annars en fil för varje kassa vid disken")
    export.add_argument("--with-patients", action="store_true", help="för control-visit, bara där någon är inloggad")
    table = export.add_argument_group("för csv")
    table.add_argument("--columns", metavar="A,B", help=f"kolumner: {', '.join(Column)}")
    table.add_argument("--kind", metavar="SLAG", help="ett slag av händelse, som sale, refund eller difference")
    table.add_argument("--user", metavar="ID", help="en användare")
    table.add_argument("--session", metavar="N", help="en session")
    table.add_argument("--receipt", metavar="N", help="ett kvitto")


def _health(folder: Path) -> int:
    from kassaapp import health
    from kassaapp.app import Clock

    found = health.judge(folder, Clock()())
    print(found.line)
    return int(found.verdict)


def _diagnose(options: argparse.Namespace) -> int:
    from kassaapp import diagnose, wording
    from kassaapp.app import Clock
    from kassaapp.trouble import Trouble

    try:
        made = diagnose.bundle(options.data, options.out, Clock()(), verify=not options.no_verify)
    except Trouble as trouble:
        print(wording.explain_trouble(trouble), file=sys.stderr)
        return 1
    except OSError as error:
        print(f"Filen gick inte att skriva: {error.strerror}: {error.filename}", file=sys.stderr)
        return 1
    print(made)
    return 0


def _idle(folder: Path) -> int:
    from kassaapp import health

    try:
        answer, why = health.idle(folder)
    except OSError as error:
        print(f"Kassans mapp får inte läsas av det här kontot: {type(error).__name__}", file=sys.stderr)
        return int(health.Idle.RUNNING)
    print(why)
    return int(answer)


def _export(options: argparse.Namespace) -> int:
    from kassaapp import exporting, wording
    from kassaapp.app import Clock
    from kassaapp.trouble import Trouble

    try:
        request = exporting.read_request(vars(options))
        made = exporting.export(options.data, request, now=Clock(), tell=_tell)
    except Trouble as trouble:
        print(wording.explain_trouble(trouble), file=sys.stderr)
        return EXPORT_CODES.get(type(trouble).__name__, 1)
    for path in made:
        print(path)
    return 0


def _tell(said: str) -> None:
    print(said, file=sys.stderr, flush=True)


EXPORT_CODES = {"BadRequest": 2, "NothingThere": 3, "AccountsMissing": 4, "PlaceTaken": 5, "CannotWrite": 6}
"""What `export` ends with; 0 is made, 1 any other trouble."""


def _verify(options: argparse.Namespace) -> int:
    from kassaapp import verify

    return verify.main(
        options.path,
        as_json=options.json,
        journal=options.journal,
        key=options.key,
        root_key=options.root_key,
        trust=options.trust,
    )


def _enrol(options: argparse.Namespace) -> int:
    from kassaapp import first_start, wording
    from kassaapp.app import Clock
    from kassaapp.trouble import BadClinicFile, Trouble

    try:
        if options.clinic is None:
            raise BadClinicFile("--clinic")
        first_start.enrol(options.data, options.clinic, Clock())
    except Trouble as trouble:
        print(wording.explain_trouble(trouble), file=sys.stderr)
        return EXIT_CODES.get(type(trouble).__name__, 1)
    print(f"Kassan är registrerad i {options.data}.", flush=True)
    return _selftest(options) if options.unattended else 0


def _selftest(options: argparse.Namespace) -> int:
    from kassaapp import selftest, wording
    from kassaapp.app import Desk
    from kassaapp.trouble import Trouble

    try:
        with Desk.open(options.data) as desk:
            checks = selftest.run(desk, _say, paper=not options.no_paper)
            made = selftest.put_protocol(desk, checks)
    except Trouble as trouble:
        print(wording.explain_trouble(trouble), file=sys.stderr)
        return EXIT_CODES.get(type(trouble).__name__, 1)
    except OSError as error:
        print(f"Protokollet gick inte att skriva: {error.strerror}.", file=sys.stderr)
        return EXIT_CODES["CheckFailed"]
    print(f"Protokoll: {made}")
    return 0 if selftest.is_well(checks) else EXIT_CODES["CheckFailed"]


def _say(said: object) -> None:
    print(said, flush=True)


EXIT_CODES = {
    "BadClinicFile": 3,
    "Unreachable": 4,
    "RefusedByRegion": 5,
    "NotTheRegion": 6,
    "NoKeyring": 7,
    "AlreadyEnrolled": 8,
    "DiskFull": 9,
    "BadConfiguration": 10,
    "UnsuitablePlace": 11,
    "DiskFailed": 12,
    "CheckFailed": 13,
}
"""What `enrol` and `selftest` end with, for scripts; 0 is enrolled and well, 1 any other trouble, 2 wrong usage. After
13 the desk is enrolled, and something that was tried does not work."""


def _acts(options: argparse.Namespace) -> int:
    from kassaapp import acts, demo, enrolment, wording
    from kassaapp.app import Clock, Desk
    from kassaapp.trouble import FATAL, NotEnrolled, Trouble

    clock = Clock()
    sys.stdin.reconfigure(encoding="utf-8", errors="surrogateescape")  # type: ignore[union-attr]
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    try:
        if options.demo and not enrolment.is_enrolled(options.data):
            demo.enrol(options.data, now=clock)
        with Desk.open(options.data, clock) as desk:
            try:
                for answer in acts.perform_all(desk, sys.stdin):
                    print(answer, flush=True)
            except FATAL:  # The last answer has said so.
                return 1
    except NotEnrolled as trouble:
        print(wording.explain_trouble(trouble), file=sys.stderr)
        return 2
    except Trouble as trouble:
        print(acts.trouble_answer(trouble), flush=True)
        return 1
    return 0


_SCREENS = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
"""Where Qt on Linux is told of a screen; without one it ends the process in its own words."""


def _window(options: argparse.Namespace) -> int:
    if sys.platform == "linux" and not any(os.environ.get(name) for name in _SCREENS):
        print("Kassans fönster behöver en skärm, och här finns ingen. Inget är startat.", file=sys.stderr)
        return 1
    from kassaapp.ui import opening_view

    return opening_view.main(options.data, options.clinic)


if __name__ == "__main__":
    sys.exit(main())
