"""A clinic signs the prices of its own till (E) with a key that only the clinic has.

    python -m installer.own_prices key clinic.key                          makes a key; prints what the region must name
    python -m installer.own_prices sign prices.toml --clinic ID --number N --key clinic.key --out own.json

The region names the key as `own_key` in the clinic's table, and passes the signed file on with `publish-own`. Keep the
key file and a copy of it on paper: who has it sets the clinic's prices, and without it no price of them can change.
"""

import argparse
import os
import secrets
import sys
from pathlib import Path

from sync.server import review
from sync.wire import canonical, document, own
from sync.wire.errors import WireError
from sync.wire.signature import KEY_BYTES, Signer

FAILED = 2


def main(arguments: list[str] | None = None) -> int:
    """Run one command. Returns 0, or 2 when it could not be done."""
    chosen = _parser().parse_args(arguments)
    try:
        return int(chosen.run(chosen))
    except WireError as mistake:
        print(f"{type(mistake).__name__}: {mistake}", file=sys.stderr)
    except UnicodeDecodeError:
        print("not UTF-8 text", file=sys.stderr)
    except OSError as trouble:
        print(f"{trouble.strerror or trouble}: {trouble.filename}", file=sys.stderr)
    return FAILED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m installer.own_prices", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    key = commands.add_parser("key", help="make a key; never replaces one")
    key.add_argument("file", type=Path, metavar="FILE.key")
    key.set_defaults(run=_key)
    sign = commands.add_parser("sign", help='sign a price list: [[articles]], each with till = "E"')
    sign.add_argument("file", type=Path, metavar="FILE.toml")
    sign.add_argument("--clinic", required=True, help="the clinic's id")
    sign.add_argument("--number", type=int, required=True, help="1 for the first list, then always a higher one")
    sign.add_argument("--key", type=Path, required=True, metavar="FILE.key")
    sign.add_argument("--out", type=Path, required=True, metavar="FILE.json")
    sign.set_defaults(run=_sign)
    return parser


def _key(chosen: argparse.Namespace) -> int:
    seed = secrets.token_bytes(KEY_BYTES)
    descriptor = os.open(chosen.file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(canonical.to_text(seed) + "\n")
    print(f'own_key = "{canonical.to_text(Signer(seed).public_key)}"')
    return 0


def _sign(chosen: argparse.Namespace) -> int:
    written = document.read(chosen.file.read_text(encoding="utf-8"))
    found = [f"{name}: a clinic's own list has only articles" for name in written if name != "articles"]
    found += review.of_articles(written.get("articles"))
    for finding in found:
        print(f"FOUND {finding}", file=sys.stderr)
    if found:
        return FAILED
    seed = canonical.from_text(chosen.key.read_text(encoding="ascii").strip(), KEY_BYTES)
    signed = own.sign(chosen.clinic, chosen.number, written["articles"], Signer(seed))
    chosen.out.write_bytes(canonical.encode(signed))
    print(f"{len(written['articles'])} prices, list {chosen.number} of {chosen.clinic}: {chosen.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
