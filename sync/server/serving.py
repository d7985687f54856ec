"""Where a region answers: as the command says, else the environment, else `DIR/serve.toml`, else the loopback.

    host = "127.0.0.1"          KASSA_REGION_HOST
    port = 8417                 KASSA_REGION_PORT
    metrics = 9417              KASSA_REGION_METRICS: GET /metrics there, on the loopback only

The folder itself may come from KASSA_REGION_DIR and the database from KASSA_REGION_DATABASE.
"""

import argparse
import socket
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sync.server.errors import RegionError
from sync.wire.errors import Malformed

FILE = "serve.toml"
PREFIX = "KASSA_REGION_"
HOST, PORT = "127.0.0.1", 8417


class CannotListen(RegionError):
    """Nobody can be answered there; the text says why."""


@dataclass(frozen=True, slots=True)
class Serving:
    """`metrics` is a port, or None for no metrics."""

    host: str = HOST
    port: int = PORT
    metrics: int | None = None


def chosen(options: argparse.Namespace, environment: Mapping[str, str]) -> Serving:
    """What the command, the environment and the file say together. Raises Malformed."""
    file: dict[str, Any] = _read(options.folder / FILE)
    said: dict[str, Any] = {}
    for name, kind in (("host", str), ("port", int), ("metrics", int)):
        value = next(
            (
                one
                for one in (getattr(options, name), environment.get(PREFIX + name.upper()) or None, file.get(name))
                if one is not None
            ),
            None,
        )
        if value is not None:
            said[name] = _as(kind, value, name)
    return Serving(**said)


def listen(host: str, port: int) -> socket.socket:
    """A socket that answers there. Raises CannotListen."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    why: object = "a port is 0 to 65535"
    if port in range(65_536):  # create_server leaves a socket open when it is not.
        try:
            return socket.create_server((host, port), family=family)
        except OSError as trouble:
            why = trouble.strerror or trouble
    raise CannotListen(f"cannot listen on {host}, port {port}: {why}")


def _read(file: Path) -> dict[str, Any]:
    try:
        said = tomllib.loads(file.read_bytes().decode())
    except FileNotFoundError:
        return {}
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError):
        raise Malformed(f"{file} is not TOML") from None
    unknown = said.keys() - {"host", "port", "metrics"}
    if unknown:
        raise Malformed(f"{file} has an unknown field {sorted(unknown)[0]}")
    return said


def _as(kind: type, value: object, name: str) -> object:
    if kind is int and isinstance(value, str) and value.isascii() and value.isdecimal():
        return int(value)
    if not isinstance(value, kind) or isinstance(value, bool):
        raise Malformed(f"{name} must be a {'number' if kind is int else 'text'}")
    return value
