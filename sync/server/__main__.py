"""The region's commands: init, serve, register new, publish, status, audit."""

import argparse
import json
import logging
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from sync.server import audit, configuration, enrolment, keys, review, status
from sync.server.errors import RegionError
from sync.server.region import Region, found_region, open_region
from sync.server.verify import verify_waiting
from sync.wire import document
from sync.wire.canonical import from_text, to_text
from sync.wire.errors import Malformed, WireError
from sync.wire.record import CHAIN_BYTES

FAILED, FINDINGS = 2, 1


def main(arguments: list[str] | None = None) -> int:
    """Run one command. Returns 0, 1 for findings of the audit, 2 when it could not be done."""
    chosen = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s", stream=sys.stderr)
    try:
        return int(chosen.run(chosen))
    except (RegionError, WireError) as mistake:
        print(f"{type(mistake).__name__}: {mistake}", file=sys.stderr)
    except FileExistsError as found:
        print(f"exists already, nothing was changed: {found.filename}", file=sys.stderr)
    except FileNotFoundError as missing:
        print(f"not found: {missing.filename} (is there a region? `init DIR` makes one)", file=sys.stderr)
    except OSError as trouble:
        print(f"{trouble.strerror or trouble}: {trouble.filename or chosen.folder}", file=sys.stderr)
    return FAILED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sync.server", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    init = _command(commands, "init", _init, "make a region: keys, database, ledger")
    init.add_argument("--region", default="Demoregionen", help="the region's name")
    init.add_argument("--demo", action="store_true", help="use keys that everybody knows")

    serve = _command(commands, "serve", _serve, "answer registers over HTTP; put TLS in front")
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=int, default=8417)

    register = commands.add_parser("register", help="registers").add_subparsers(required=True, metavar="COMMAND")
    new = _command(register, "new", _register_new, "print a one-time code for a new register")
    new.add_argument("--clinic", required=True, help="the clinic's id")
    new.add_argument("--name", required=True, help="the register's name, such as R0417")
    new.add_argument(
        "--till", action="append", required=True, choices=["H", "E"], help="once for each till of the desk"
    )
    new.add_argument("--parent", action="append", default=[], metavar="CHAIN", help="the chain that a till succeeds")

    publish = _command(commands, "publish", _publish, "sign a document and publish it as the next configuration")
    publish.add_argument("file", type=Path, metavar="FILE.toml")

    shown = _command(commands, "status", _status, "registers, where they stand, when they were last heard from")
    shown.add_argument("--json", action="store_true")

    audited = _command(
        commands, "audit", _audit, "recompute everything from the stored bytes; 1 when something is wrong"
    )
    audited.add_argument("--json", action="store_true")
    return parser


def _command(commands: Any, name: str, run: Callable[[argparse.Namespace], int], says: str) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = commands.add_parser(name, help=says, description=says)
    command.add_argument("folder", type=Path, metavar="DIR")
    command.add_argument("--database", metavar="URL", help="default: an SQLite file in DIR, or what `init` was given")
    command.set_defaults(run=run)
    return command


def _open(chosen: argparse.Namespace) -> Region:
    return open_region(chosen.folder, database=chosen.database)


def _init(chosen: argparse.Namespace) -> int:
    found_region(chosen.folder, chosen.region, database=chosen.database, demo=chosen.demo)
    region = _open(chosen)
    region.close()
    print(f"region:   {region.settings.region}")
    print(f"ledger:   {region.settings.origin}")
    print(f"root key: {to_text(region.settings.root_key)}")
    if not chosen.demo:
        print(f"Move root.key and recovery.key out of {region.settings.keys} and keep them apart from this machine.")
    return 0


def _serve(chosen: argparse.Namespace) -> int:
    import uvicorn

    from sync.server.app import make_app

    region = _open(chosen)
    try:
        region.ledger.check()
        verify_waiting(region)
        listener = _listen(chosen.host, chosen.port)
        if listener is None:
            return FAILED
        print(f"{region.settings.region}: http://{chosen.host}:{listener.getsockname()[1]}", flush=True)
        # An access log would hold nothing that the tables do not hold.
        how = uvicorn.Config(make_app(region), access_log=False, log_level="warning", server_header=False)
        server = uvicorn.Server(how)
        with listener, suppress(KeyboardInterrupt):
            server.run(sockets=[listener])
    finally:
        region.close()
    return 0 if server.started else FAILED


def _listen(host: str, port: int) -> socket.socket | None:
    """A socket that answers there, or None after saying why there is none."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except (OSError, OverflowError) as trouble:
        why = trouble.strerror if isinstance(trouble, OSError) else None
        print(f"cannot listen on {host}, port {port}: {why or trouble}", file=sys.stderr)
        return None


def _register_new(chosen: argparse.Namespace) -> int:
    region = _open(chosen)
    try:
        parents = [from_text(text, CHAIN_BYTES) for text in chosen.parent]
        code = enrolment.order(region, chosen.clinic, chosen.name, chosen.till, parents)
        published = configuration.published_for(region, chosen.clinic)
    finally:
        region.close()
    if not published:
        print(f"no configuration is published yet for the clinic {chosen.clinic}", file=sys.stderr)
    print(enrolment.shown(code))
    return 0


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
        made = configuration.publish(region, text, keys.signer(region.settings.keys, "config"))
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
    region = _open(chosen)
    try:
        whole = status.as_json(region)
    finally:
        region.close()
    if chosen.json:
        print(json.dumps(whole, ensure_ascii=False, indent=1))
        return 0
    print(f"{whole['region']}  {whole['origin']}  {whole['ledger_size']} entries")
    for one in whole["registers"]:
        doubts = ", ".join(one["flags"]) or "-"
        contact = one["last_contact"] or "never"
        print(
            f"{one['clinic']}  {one['register']}-{one['till']}  {one['chain']}  next {one['next']}  {contact}  {doubts}"
        )
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


if __name__ == "__main__":
    sys.exit(main())
