"""The clinic file: the one small file the installer leaves, saying who we are and whom we trust. Nothing else differs
between clinics.

    server = "https://kassa.region.example"     the region (left out only by a stand-alone demo)
    root_key = "…"                              the region's root key, base64url: everything signed leads to it
    code = "ABCDE-…"                            one-time code, used at the first start
    tills = ["H"]                               which tills the desk has
    desk = "Reception 2"                        what people call the desk; else what the clinic's configuration says
    custody = "user" | "machine"                where the till's key is kept (DESIGN 3)
    second_medium = "/mnt/stick"                a folder on another disk, for the shadow
    receipts = "/var/spool/kassa"               a folder where receipts are put as PDF, when there is no printer
    printer = "network:192.0.2.10"              the receipt printer: network:HOST, network:HOST:PORT,
                                                file:/dev/usb/lp0, windows:NAME OF A QUEUE, or none
    printer_model = "TM-T88V"                   what kind it is, by its name in escpos-printer-db
    a4_printer = "Kontoret"                     the system's printer for kontantfakturor and reports on A4
    customer_display = true                     the computer's second screen is turned to the patient
    demo = true                                 the only way to accept the published demo keys
"""

import enum
import re
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
MAX_DESK = 40
"""Letters in the name of a desk: what fits on one line of a slip."""
FIELDS = {
    "server",
    "root_key",
    "code",
    "tills",
    "desk",
    "custody",
    "second_medium",
    "receipts",
    "printer",
    "printer_model",
    "a4_printer",
    "customer_display",
    "demo",
}
"""All that a clinic file may say."""


class Way(enum.Enum):
    """How a receipt printer is reached."""

    NETWORK = "network"
    FILE = "file"
    WINDOWS = "windows"


RAW_PORT = 9100
"""The port where printers in a network take raw data."""


@dataclass(frozen=True, slots=True)
class PrinterAt:
    """Where the receipt printer is: `where` is a host, a path or the name of a queue. `port` is for a host."""

    way: Way
    where: str
    port: int = RAW_PORT

    def __str__(self) -> str:
        """As the clinic file says it."""
        port = f":{self.port}" if self.way is Way.NETWORK and self.port != RAW_PORT else ""
        return f"{self.way.value}:{self.where}{port}"


@dataclass(frozen=True, slots=True)
class Clinic:
    """What the clinic file says. Only a `demo` till accepts the published demo keys and may be told the time."""

    root_key: bytes
    server: str | None = None
    code: str | None = None
    tills: tuple[str, ...] = ("H",)
    desk: str | None = None
    custody: str = "user"
    second_medium: Path | None = None
    receipts: Path | None = None
    printer: PrinterAt | None = None
    printer_model: str | None = None
    a4_printer: str | None = None
    customer_display: bool = False
    demo: bool = False


def read(path: Path) -> Clinic:
    """Read a clinic file. Raises BadClinicFile naming the field."""
    return parse(read_text(path))


def read_text(path: Path) -> str:
    """The text of a clinic file. Raises BadClinicFile."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise BadClinicFile("file") from None
    if len(text) > MAX_BYTES:
        raise BadClinicFile("file")
    return text


def read_values(path: Path) -> dict[str, Any]:
    """The fields of a clinic file as they stand there. Raises BadClinicFile."""
    return _values(read_text(path))


def _values(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        raise BadClinicFile("file") from None


def parse(text: str) -> Clinic:
    """Read the text of a clinic file. Raises BadClinicFile naming the field."""
    value = _values(text)
    unknown = set(value) - FIELDS
    if unknown:
        raise BadClinicFile(sorted(unknown)[0])
    clinic = Clinic(
        root_key=_root_key(value.get("root_key")),
        server=_server(value.get("server")),
        code=_optional_text(value, "code"),
        tills=_tills(value.get("tills", ["H"])),
        desk=_desk(value),
        custody=_custody(value.get("custody", "user")),
        second_medium=_optional_path(value, "second_medium"),
        receipts=_optional_path(value, "receipts"),
        printer=_printer(value.get("printer", "none")),
        printer_model=_optional_name(value, "printer_model"),
        a4_printer=_optional_name(value, "a4_printer"),
        customer_display=_flag(value, "customer_display"),
        demo=_flag(value, "demo"),
    )
    if is_demo_root(clinic.root_key) != clinic.demo:
        raise BadClinicFile("root_key")  # Anyone can sign with the demo keys, and a demo trusts nothing else.
    if clinic.server is None and not clinic.demo:
        raise BadClinicFile("server")
    return clinic


def with_code(text: str, code: str) -> str:
    """The text of a clinic file with that code instead of the one it has, or had not. Raises BadClinicFile for a code
    that is none."""
    if not re.fullmatch(r"[0-9A-Za-z -]{1,64}", code):
        raise BadClinicFile("code")
    rest = [line for line in text.splitlines() if not re.match(r"\s*code\s*=", line)]
    return "\n".join([*rest, f'code = "{code}"', ""])


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


def _desk(value: dict[str, Any]) -> str | None:
    """A short name on one line, without what could be somebody's number: it goes where no person may."""
    name = _optional_name(value, "desk")
    if name is not None and (name != name.strip() or len(name) > MAX_DESK or re.search(r"\d{6}|\|", name)):
        raise BadClinicFile("desk")
    return name


def _custody(value: Any) -> str:
    if value not in ("user", "machine"):
        raise BadClinicFile("custody")
    return str(value)


def _printer(value: Any) -> PrinterAt | None:
    if value == "none":
        return None
    if not isinstance(value, str) or not value.isprintable():
        raise BadClinicFile("printer")
    way, _, where = value.partition(":")
    if way not in {known.value for known in Way} or not where or where != where.strip():
        raise BadClinicFile("printer")
    return _in_network(where) if way == Way.NETWORK.value else PrinterAt(Way(way), where)


def _in_network(where: str) -> PrinterAt:
    try:
        parts = urlsplit(f"//{where}")
        host, port = parts.hostname, parts.port
    except ValueError:
        raise BadClinicFile("printer") from None
    if not host or port == 0 or parts.netloc != where or " " in where or "@" in where or where.endswith(":"):
        raise BadClinicFile("printer")
    return PrinterAt(Way.NETWORK, host, RAW_PORT if port is None else port)


def _flag(value: dict[str, Any], name: str) -> bool:
    flag = value.get(name, False)
    if not isinstance(flag, bool):
        raise BadClinicFile(name)
    return flag


def _optional_text(value: dict[str, Any], name: str) -> str | None:
    text = value.get(name)
    if text is not None and not isinstance(text, str):
        raise BadClinicFile(name)
    return text


def _optional_name(value: dict[str, Any], name: str) -> str | None:
    text = _optional_text(value, name)
    if text is not None and (not text.strip() or not text.isprintable()):
        raise BadClinicFile(name)
    return text


def _optional_path(value: dict[str, Any], name: str) -> Path | None:
    text = _optional_text(value, name)
    if text is not None and not text.isprintable():
        raise BadClinicFile(name)
    return None if text is None else Path(text)
