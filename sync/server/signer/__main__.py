"""The signer's commands: move (once) and serve."""

import argparse
import logging
import socket
import sys
from contextlib import suppress
from pathlib import Path

from sync.server.errors import RegionError
from sync.server.signer import process
from sync.server.signer.move import SignerFolder, move

FAILED = 2


def main(arguments: list[str] | None = None) -> int:
    """Run one command. Returns 0, or 2 when it could not be done."""
    chosen = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s", stream=sys.stderr)
    if not hasattr(socket, "AF_UNIX"):
        print("there are no Unix sockets here: the server signs in its own process", file=sys.stderr)
        return FAILED
    try:
        chosen.run(chosen)
    except RegionError as mistake:
        print(f"{type(mistake).__name__}: {mistake}", file=sys.stderr)
    except LookupError as unknown:
        print(f"no such group: {unknown}", file=sys.stderr)
    except OSError as trouble:
        print(f"{trouble.strerror or trouble}: {trouble.filename or chosen.folder}", file=sys.stderr)
    else:
        return 0
    return FAILED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sync.server.signer", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    moved = commands.add_parser("move", help="give the ledger key to a signer of its own; stop the servers first")
    moved.add_argument("region", type=Path, metavar="DIR", help="the region's folder")
    moved.add_argument("folder", type=Path, metavar="FOLDER", help="the signer's own folder")
    moved.add_argument("--socket", type=Path, required=True, help="where the signer will answer")
    moved.set_defaults(run=_move)
    served = commands.add_parser("serve", help="answer the region's servers until killed")
    served.add_argument("folder", type=Path, metavar="FOLDER", help="the signer's own folder")
    served.add_argument("--group", help="the group that the servers run under")
    served.set_defaults(run=_serve)
    return parser


def _move(chosen: argparse.Namespace) -> None:
    moved = move(chosen.region, chosen.folder, chosen.socket.absolute())
    print(f"moved to {moved.folder}: now give that folder to the account that the signer runs under")


def _serve(chosen: argparse.Namespace) -> None:
    of = SignerFolder.load(chosen.folder)
    signer = of.signer()
    with process.listen(of.socket, chosen.group) as listener, suppress(KeyboardInterrupt):
        print(f"signer: {of.socket}", flush=True)
        process.serve(signer, listener)


if __name__ == "__main__":
    sys.exit(main())
