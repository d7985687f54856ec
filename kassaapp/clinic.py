"""The clinic file: the one small file the installer leaves, saying who we are and whom we trust. Nothing else differs
between clinics.

    server = "https://kassa.region.example"     the region (left out only by a stand-alone demo)
    root_key = "…"                              the region's root key, base64url: everything signed leads to it
    code = "ABCDE-…"                            one-time code, used at the first start
    tills = ["H"]                               which tills the desk has
    custody = "user" | "machine"                where the till's key is kept (DESIGN 3)
    second_medium = "/mnt/stick"                a folder on another disk, for the shadow
    receipts = "/var/spool/kassa"               a folder where receipts are put as PDF
    demo = true                                 the only way to accept the published demo keys
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from kassaapp.trouble import BadClinicFile
from sync.wire import canonical
from sync.wire.demo_keys import is_demo_root
from sync.wire.errors import Malformed
from sync.wire.signature import KEY_BYTES

MAX_BYTES = 65_536
_FIELDS = {"server", "root_key", "code", "tills", "custody", "second_medium", "receipts", "demo"}


@dataclass(frozen=True, slots=True)
class Clinic:
    """What the clinic file says. Only a `demo` till accepts the published demo keys and may be told the time."""

    root_key: bytes
    server: str | None = None
    code: str | None = None
    tills: tuple[str, ...] = ("H",)
    custody: str = "user"
    second_medium: Path | None = None
    receipts: Path | None = None
    demo: bool = False


def read(path: Path) -> Clinic:
    """Read a clinic file. Raises BadClinicFile naming the field."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise BadClinicFile("file") from None
    if len(text) > MAX_BYTES:
        raise BadClinicFile("file")
    return parse(text)


def parse(text: str) -> Clinic:
    """Read the text of a clinic file. Raises BadClinicFile naming the field."""
    try:
        value = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        raise BadClinicFile("file") from None
    unknown = set(value) - _FIELDS
    if unknown:
        raise BadClinicFile(sorted(unknown)[0])
    clinic = Clinic(
        root_key=_root_key(value.get("root_key")),
        server=_server(value.get("server")),
        code=_optional_text(value, "code"),
        tills=_tills(value.get("tills", ["H"])),
        custody=_custody(value.get("custody", "user")),
        second_medium=_optional_path(value, "second_medium"),
        receipts=_optional_path(value, "receipts"),
        demo=_demo(value.get("demo", False)),
    )
    if is_demo_root(clinic.root_key) != clinic.demo:
        raise BadClinicFile("root_key")  # Anyone can sign with the demo keys, and a demo trusts nothing else.
    if clinic.server is None and not clinic.demo:
        raise BadClinicFile("server")
    return clinic


def _root_key(value: Any) -> bytes:
    try:
        return canonical.from_text(value, KEY_BYTES)
    except Malformed:
        raise BadClinicFile("root_key") from None


def _server(value: Any) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str):
        raise BadClinicFile("server")
    try:
        parts = urlsplit(value)
        at_home = parts.hostname in ("127.0.0.1", "localhost", "::1")
    except ValueError:
        raise BadClinicFile("server") from None
    if not parts.hostname or not (parts.scheme == "https" or (parts.scheme == "http" and at_home)):
        raise BadClinicFile("server")
    return value.rstrip("/")


def _tills(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not value or not all(one in ("H", "E") for one in value):
        raise BadClinicFile("tills")
    if len(set(value)) != len(value):
        raise BadClinicFile("tills")
    return tuple(value)


def _custody(value: Any) -> str:
    if value not in ("user", "machine"):
        raise BadClinicFile("custody")
    return str(value)


def _demo(value: Any) -> bool:
    if not isinstance(value, bool):
        raise BadClinicFile("demo")
    return value


def _optional_text(value: dict[str, Any], name: str) -> str | None:
    text = value.get(name)
    if text is not None and not isinstance(text, str):
        raise BadClinicFile(name)
    return text


def _optional_path(value: dict[str, Any], name: str) -> Path | None:
    text = _optional_text(value, name)
    if text is not None and not text.isprintable():
        raise BadClinicFile(name)
    return None if text is None else Path(text)
