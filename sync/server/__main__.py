"""The region's commands: init, serve, register new, register lost, register confirm, late, publish, status, audit."""

import argparse
import json
import logging
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from sync.server import audit, configuration, enrolment, keys, late, review, status, succession
from sync.server.errors import RegionError
from sync.server.region import Region, found_region, open_region
from sync.wire import document
from sync.wire.canonical import from_text, to_text
from sync.wire.errors import Malformed, WireError
from sync.wire.record import CHAIN_BYTES

FAILED, FINDINGS = 2, 1


def main(arguments: list[str] | None = None) -> int:
    """Run one command. Returns 0, 1 when something was found (audit, late), 2 when it could not be done."""
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

    _add_register_commands(commands)

    late_ = _command(commands, "late", _late, "bring in a second medium that was found after its machine")
    late_.add_argument("file", type=Path, metavar="FILE.kj")
    late_.add_argument(
        "--recovery-key", type=Path, required=True, metavar="FILE", help="recovery.key, as `init` made it"
    )

    publish = _command(commands, "publish", _publish, "sign a document and publish it as the next configuration")
    publish.add_argument("file", type=Path, metavar="FILE.toml")

    shown = _command(commands, "status", _status, "registers, where they stand, when they were last heard from")
    shown.add_argument("--json", action="store_true")

    audited = _command(
        commands, "audit", _audit, "recompute everything from the stored bytes; 1 when something is wrong"
    )
    audited.add_argument("--json", action="store_true")
    return parser


def _add_register_commands(commands: Any) -> None:
    register = commands.add_parser("register", help="registers").add_subparsers(required=True, metavar="COMMAND")
    new = _command(register, "new", _register_new, "print a one-time code for a new register")
    new.add_argument("--clinic", help="the clinic's id; with --parent, the parent's when left out")
    new.add_argument("--name", help="the register's name, such as R0417; with --parent, its name by the next letter")
    new.add_argument("--till", action="append", choices=["H", "E"], help="once for each till of the desk")
    new.add_argument("--parent", action="append", default=[], metavar="CHAIN", help="the chain that a till succeeds")
    lost = _command(register, "lost", _register_lost, "end the chain of a machine that is gone")
    confirmed = _command(register, "confirm", _register_confirm, "a supervisor knows whose a provisional successor is")
    for command in (lost, confirmed):
        command.add_argument("--chain", help="which one, as `status` shows it")
        command.add_argument("--name", help="or: the register's name")
        command.add_argument("--till", choices=["H", "E"], help="and its till")
        command.add_argument("--clinic", help="and its clinic, where two have that name")


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
    from sync.server.web import make_server

    region = _open(chosen)
    try:
        region.ledger.check()
        listener = _listen(chosen.host, chosen.port)
        if listener is None:
            return FAILED
        print(f"{region.settings.region}: http://{chosen.host}:{listener.getsockname()[1]}", flush=True)
        server = make_server(region)
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
    if not chosen.parent and not (chosen.clinic and chosen.name and chosen.till):
        print("say --clinic, --name and --till, or which chain it succeeds: --parent", file=sys.stderr)
        return FAILED
    region = _open(chosen)
    try:
        parents = [from_text(text, CHAIN_BYTES) for text in chosen.parent]
        code = enrolment.order(region, chosen.clinic, chosen.name, chosen.till or [], parents)
        made = enrolment.ordered(region, code)
        published = configuration.published_for(region, made.clinic)
    finally:
        region.close()
    if not published:
        print(f"no configuration is published yet for the clinic {made.clinic}", file=sys.stderr)
    if parents:
        print(f"{made.clinic}  {made.register}", file=sys.stderr)
    print(enrolment.shown(code))
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
        stands = f"next {one['next']}" + (" (ended)" if one["closed"] else "")
        print(f"{one['clinic']}  {one['register']}-{one['till']}  {one['chain']}  {stands}  {contact}  {doubts}")
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
