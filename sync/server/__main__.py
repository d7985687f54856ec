"""The region's commands: init, upgrade, serve, register new, register lost, register confirm, register take-back, late,
publish, publish-own, status, accesses, audit, backup."""

import argparse
import json
import logging
import os
import socket
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack, nullcontext, suppress
from getpass import getpass
from pathlib import Path
from typing import Any, cast

from sqlalchemy.exc import (
    ArgumentError,
    DatabaseError,
    DataError,
    IntegrityError,
    NoSuchModuleError,
    NotSupportedError,
)

from sync.server import (
    accesses,
    audit,
    backup,
    code_orders,
    configuration,
    dry_run,
    keys,
    late,
    logs,
    publishing,
    review,
    roles,
    serving,
    settings,
    shape,
    status_command,
    succession,
)
from sync.server.accounts import Accounts
from sync.server.errors import RegionError
from sync.server.region import Region, found_region, open_region
from sync.wire import argv, document
from sync.wire.canonical import decode_object, from_text, to_text
from sync.wire.errors import Malformed, WireError
from sync.wire.record import CHAIN_BYTES

FAILED, FINDINGS = 2, 1
MOST_DAYS = 36_500
"""A hundred years: all sales there are."""
NO_TROUBLE_OF_THE_DATABASE = (DataError, IntegrityError, NotSupportedError)
"""What a database refuses because of what we asked: bugs, and shown as such."""


def main(arguments: list[str] | None = None) -> int:
    """Run one command. Returns 0, 1 when something was found (audit, late, a day's status), 2 when it could not be."""
    chosen = _parser().parse_args(argv.joined(arguments, "--chain", "--parent"))
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s", stream=sys.stderr)
    try:
        return int(chosen.run(chosen))
    except (RegionError, WireError) as mistake:
        print(f"{type(mistake).__name__}: {mistake}", file=sys.stderr)
    except FileExistsError as found:
        print(f"exists already, nothing was changed: {found.filename}", file=sys.stderr)
    except FileNotFoundError as missing:
        print(f"not found: {missing.filename}{_no_region(chosen.folder)}", file=sys.stderr)
    except OSError as trouble:
        print(f"{trouble.strerror or trouble}: {trouble.filename or chosen.folder}", file=sys.stderr)
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError):
        print("not the URL of a database: sqlite:///FILE or postgresql+psycopg://USER@HOST/NAME", file=sys.stderr)
    except DatabaseError as trouble:
        if isinstance(trouble, NO_TROUBLE_OF_THE_DATABASE):
            raise
        print(f"the database: {_first_line(trouble)}", file=sys.stderr)
    return FAILED


def _no_region(folder: Path) -> str:
    return "" if (folder / "settings.toml").exists() else " (is there a region? `init DIR` makes one)"


def _first_line(trouble: DatabaseError) -> str:
    """What the database itself says: no statement, no values, no detail of a row."""
    return (str(trouble.orig).splitlines() or ["it gave no reason"])[0]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sync.server", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    init = _command(commands, "init", _init, "make a region: keys, database, ledger")
    init.add_argument("--region", default="Demoregionen", help="the region's name")
    init.add_argument("--demo", action="store_true", help="use keys that everybody knows")
    init.add_argument("--owner", metavar="URL", help="the same database, opened by who may make roles and tables")

    _command(commands, "upgrade", _upgrade, "bring an older database to this program's shape; stop the servers first")

    serve = _command(commands, "serve", _serve, "answer registers over HTTP; put TLS in front")
    serve.add_argument("--host", help="default: 127.0.0.1; also KASSA_REGION_HOST, or host in DIR/serve.toml")
    serve.add_argument("--port", type=int, help="default: 8417; likewise")
    serve.add_argument("--metrics", type=int, metavar="PORT", help="answer GET /metrics there, on the loopback only")

    _add_register_commands(commands)

    late_ = _command(commands, "late", _late, "bring in a second medium that was found after its machine")
    late_.add_argument("file", type=Path, metavar="FILE.kj")
    late_.add_argument(
        "--recovery-key", type=Path, required=True, metavar="FILE", help="recovery.key, as `init` made it"
    )

    publish = _command(commands, "publish", _publish, "sign a document and publish it as the next configuration")
    publish.add_argument("file", type=Path, metavar="FILE.toml")
    publish.add_argument("--dry-run", action="store_true", help="tell what it would do, and sign nothing")
    publish.add_argument(
        "--against",
        type=int,
        default=dry_run.USUAL_DAYS,
        metavar="DAYS",
        help="try the prices on the sales of so many days; 0: on none",
    )

    own = _command(commands, "publish-own", _publish_own, "pass on a price list that a clinic has signed itself")
    own.add_argument("file", type=Path, metavar="FILE.json")
    own.add_argument("--clinic", required=True, help="the clinic's id")

    status_command.add_arguments(_command(commands, "status", _status, status_command.SAYS))

    asked = _command(commands, "accesses", _accesses, "which registers asked about a patient; the number on stdin")
    asked.add_argument("--kind", choices=accesses.KINDS, help="the kind of number; default: whichever it is")

    audited = _command(
        commands, "audit", _audit, "recompute everything from the stored bytes; 1 when something is wrong"
    )
    audited.add_argument("--json", action="store_true")

    copied = _command(commands, "backup", _backup, "copy the SQLite database as it stands, also while it is served")
    copied.add_argument("out", type=Path, metavar="FILE")
    return parser


def _add_register_commands(commands: Any) -> None:
    register = commands.add_parser("register", help="registers").add_subparsers(required=True, metavar="COMMAND")
    code_orders.add_arguments(_command(register, "new", _register_new, code_orders.SAYS))
    lost = _command(register, "lost", _register_lost, "end the chain of a machine that is gone")
    confirmed = _command(register, "confirm", _register_confirm, "a supervisor knows whose a provisional successor is")
    back = _command(register, "take-back", _register_take_back, "free what an ended machine held a conto")
    back.add_argument("--chain", required=True, help="one of the machine's, as `status` shows it")
    for command in (lost, confirmed):
        command.add_argument("--chain", help="which one, as `status` shows it")
        command.add_argument("--name", help="or: the register's name")
        command.add_argument("--till", choices=["H", "E"], help="and its till")
        command.add_argument("--clinic", help="and its clinic, where two have that name")


def _command(commands: Any, name: str, run: Callable[[argparse.Namespace], int], says: str) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = commands.add_parser(name, help=says, description=says)
    told = os.environ.get(serving.PREFIX + "DIR")
    optional: dict[str, Any] = {"nargs": "?", "default": Path(told)} if told else {}
    command.add_argument("folder", type=Path, metavar="DIR", help="or KASSA_REGION_DIR", **optional)
    command.add_argument(
        "--database",
        metavar="URL",
        default=os.environ.get(serving.PREFIX + "DATABASE") or None,
        help="default: KASSA_REGION_DATABASE, what `init` was given, or an SQLite file in DIR",
    )
    command.set_defaults(run=run)
    return command


def _open(chosen: argparse.Namespace, role: str = roles.OFFICE) -> Region:
    return open_region(chosen.folder, database=chosen.database, role=role)


def _init(chosen: argparse.Namespace) -> int:
    found_region(chosen.folder, chosen.region, database=chosen.database, owner=chosen.owner, demo=chosen.demo)
    made = settings.load(chosen.folder)
    print(f"region:   {made.region}")
    print(f"ledger:   {made.origin}")
    print(f"root key: {to_text(made.root_key)}")
    if not chosen.demo:
        print(f"Move root.key and recovery.key out of {made.keys} and keep them apart from this machine.")
    return 0


def _upgrade(chosen: argparse.Namespace) -> int:
    before = shape.upgrade(settings.load(chosen.folder, chosen.database).database)
    if before == shape.NEWEST:
        print(f"the database has version {before} already; its guards and rights were put up again")
    else:
        print(f"the database was brought from version {before} to {shape.NEWEST}: run `audit` before you serve")
    return 0


def _serve(chosen: argparse.Namespace) -> int:
    from sync.server import metrics
    from sync.server.web import make_server

    logs.begin()
    where = serving.chosen(chosen, os.environ)
    region = _open(chosen, roles.INGEST)
    opened = ExitStack()
    try:
        region.ledger.check()
        listener = serving.listen(where.host, where.port)
        opened.enter_context(listener)
        beside = None if where.metrics is None else opened.enter_context(serving.listen("127.0.0.1", where.metrics))
        print(f"{region.settings.region}: http://{where.host}:{listener.getsockname()[1]}", flush=True)
        counted = metrics.Metrics()
        server = make_server(region)
        server.config.app = metrics.measured(cast("Any", server.config.app), counted)
        with _metrics(region, counted, beside), suppress(KeyboardInterrupt):
            server.run(sockets=[listener])
    finally:
        opened.close()
        region.close()
    return 0 if server.started else FAILED


def _metrics(region: Region, counted: Any, listener: socket.socket | None) -> AbstractContextManager[None]:
    """The metrics beside the region's own port."""
    if listener is None:
        return nullcontext()
    from sync.server import metrics

    return metrics.beside(region, counted, listener)


def _register_new(chosen: argparse.Namespace) -> int:
    if not code_orders.is_whole(chosen):
        print("say --clinic, --name and --till, or which chain it succeeds: --parent, or a --table", file=sys.stderr)
        return FAILED
    region = _open(chosen)
    try:
        told = code_orders.run(region, chosen)
    finally:
        region.close()
    for line in told.beside:
        print(line, file=sys.stderr)
    for line in told.lines:
        print(line)
    return 0


def _chain_of(region: Region, chosen: argparse.Namespace) -> bytes:
    """The chain that the arguments name. Raises Malformed, Refused."""
    if chosen.chain:
        return from_text(chosen.chain, CHAIN_BYTES)
    if not (chosen.name and chosen.till):
        raise Malformed("say which: --chain, or --name and --till")
    return succession.named(region, chosen.name, chosen.till, chosen.clinic)


def _register_lost(chosen: argparse.Namespace) -> int:
    region = _open(chosen)
    try:
        ended = succession.lose(region, _chain_of(region, chosen))
    finally:
        region.close()
    print(f"{to_text(ended.chain)}  lost; the region has {ended.next} records")
    return 0


def _register_confirm(chosen: argparse.Namespace) -> int:
    region = _open(chosen)
    try:
        chain = _chain_of(region, chosen)
        succession.confirm(region, chain)
    finally:
        region.close()
    print(f"{to_text(chain)}  confirmed")
    return 0


def _register_take_back(chosen: argparse.Namespace) -> int:
    region = _open(chosen)
    try:
        freed = Accounts().take_back(region, _chain_of(region, chosen))
    finally:
        region.close()
    print(f"freed: {sum(freed.values())} öre in {len(freed)} accounts")
    return 0


def _late(chosen: argparse.Namespace) -> int:
    recovery_key, raw = late.read_recovery_key(chosen.recovery_key), chosen.file.read_bytes()
    region = _open(chosen)
    try:
        done = late.bring_in(region, raw, recovery_key)
    finally:
        region.close()
    print(f"{done.chain.register}-{done.chain.till}  {to_text(done.chain.chain)}")
    last = done.first + done.stored - 1
    print(f"brought in:    {done.stored}" + (f" (records {done.first} to {last})" if done.stored else ""))
    print(f"already there: {done.held}")
    print(f"in quarantine: {done.aside}")
    for mistake in done.refused:
        print(f"LEFT OUT {mistake}")
    return FINDINGS if done.aside or done.refused else 0


def _publish(chosen: argparse.Namespace) -> int:
    text = _read_document(chosen.file)
    findings = review.findings(document.read(text))
    for finding in findings:
        print(f"FOUND {finding}", file=sys.stderr)
    if findings:
        print(f"{len(findings)} found in {chosen.file}; nothing was signed", file=sys.stderr)
        return FAILED
    region = _open(chosen)
    try:
        seen = publishing.outlook(region, text, min(max(chosen.against, 0), MOST_DAYS))
        for line in seen.changes or ["nothing changes"]:
            print(line)
        for line in dry_run.told(seen.effect) if seen.effect else []:
            print(line)
        if chosen.dry_run:
            print("dry run: nothing was signed")
            return FINDINGS if seen.effect and seen.effect.gone else 0
        made = configuration.publish_parts(region, seen.contents, keys.signer(region.settings.keys, "config"))
    finally:
        region.close()
    print(f"configuration {made.record.header.seq}: {', '.join(part.name for part in made.parts)}")
    return 0


def _publish_own(chosen: argparse.Namespace) -> int:
    raw = chosen.file.read_bytes()
    found = review.of_articles(decode_object(raw).get("articles"))
    for finding in found:
        print(f"FOUND {finding}", file=sys.stderr)
    if found:
        return FAILED
    region = _open(chosen)
    try:
        made = configuration.publish_own(region, chosen.clinic, raw, keys.signer(region.settings.keys, "config"))
    finally:
        region.close()
    print(f"configuration {made.record.header.seq}: {', '.join(part.name for part in made.parts)}")
    return 0


def _read_document(file: Path) -> str:
    try:
        return file.read_bytes().decode()
    except UnicodeDecodeError:
        raise Malformed(f"{file} is not UTF-8 text") from None


def _status(chosen: argparse.Namespace) -> int:
    if not status_command.is_whole(chosen):
        print("say both --clinic and --day; --proofs goes with them", file=sys.stderr)
        return FAILED
    region = _open(chosen)
    try:
        told = status_command.run(region, chosen)
    finally:
        region.close()
    for line in told.lines:
        print(line)
    for line in told.beside:
        print(line, file=sys.stderr)
    return 0 if told.is_all_here else FINDINGS


def _accesses(chosen: argparse.Namespace) -> int:
    written = getpass("number: ") if sys.stdin.isatty() else sys.stdin.readline()
    number, kinds = accesses.read_number(written), [chosen.kind] if chosen.kind else accesses.KINDS
    region = _open(chosen)
    try:
        found = accesses.about(region, number, kinds)
    finally:
        region.close()
    for one in found:
        print(f"{one.at.isoformat(timespec='seconds')}  {one.clinic}  {one.register}-{one.till}")
    print(f"asked {len(found)} times")
    return 0


def _audit(chosen: argparse.Namespace) -> int:
    report = audit.audit(chosen.folder, chosen.database)
    if chosen.json:
        print(json.dumps({"counted": report.counted, "findings": report.findings}, ensure_ascii=False, indent=1))
    else:
        print(", ".join(f"{number} {what}" for what, number in report.counted.items()))
        for finding in report.findings:
            print(f"FOUND {finding}")
    return FINDINGS if report.findings else 0


def _backup(chosen: argparse.Namespace) -> int:
    print(backup.copy(chosen.folder, chosen.out, chosen.database))
    return 0


if __name__ == "__main__":
    sys.exit(main())
