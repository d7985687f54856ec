"""The clinic file is read strictly: what is wrong in it is named, and demo keys and real money never meet."""

from pathlib import Path

import pytest

from kassaapp import clinic
from kassaapp.clinic import Clinic, PrinterAt, Way
from kassaapp.trouble import BadClinicFile
from sync.wire.canonical import to_text
from sync.wire.demo_keys import demo_keys
from sync.wire.signature import Signer

ROOT = Signer(bytes(range(32))).public_key
REAL = f'root_key = "{to_text(ROOT)}"\nserver = "https://kassa.region.example"\n'
DEMO = f'root_key = "{to_text(demo_keys().root.public_key)}"\ndemo = true\n'


def refused_field(text: str) -> str:
    with pytest.raises(BadClinicFile) as trouble:
        clinic.parse(text)
    return trouble.value.field


def test_little_is_enough() -> None:
    assert clinic.parse(REAL) == Clinic(ROOT, "https://kassa.region.example")


def test_all_that_may_be_said_is_read() -> None:
    text = REAL + (
        'code = "ABCDE-FGHJK"\ntills = ["H", "E"]\ncustody = "machine"\n'
        'second_medium = "/mnt/stick"\nreceipts = "/var/spool/kassa"\ndemo = false\n'
        'printer = "network:192.0.2.10"\nprinter_model = "TM-T88V"\na4_printer = "Kontoret"\n'
        'customer_display = true\ndesk = "Reception 2, hus Å"\n'
    )

    read = clinic.parse(text)

    assert (read.code, read.tills, read.custody) == ("ABCDE-FGHJK", ("H", "E"), "machine")
    assert (read.second_medium, read.receipts) == (Path("/mnt/stick"), Path("/var/spool/kassa"))
    assert read.printer == PrinterAt(Way.NETWORK, "192.0.2.10", 9100)
    assert (read.printer_model, read.a4_printer) == ("TM-T88V", "Kontoret")
    assert (read.customer_display, read.demo, read.desk) == (True, False, "Reception 2, hus Å")


@pytest.mark.parametrize(
    ("text", "printer"),
    [
        ("none", None),
        ("network:skrivare.example", PrinterAt(Way.NETWORK, "skrivare.example")),
        ("network:192.0.2.10:9101", PrinterAt(Way.NETWORK, "192.0.2.10", 9101)),
        ("network:[2001:db8::1]:9100", PrinterAt(Way.NETWORK, "2001:db8::1", 9100)),
        ("file:/dev/usb/lp0", PrinterAt(Way.FILE, "/dev/usb/lp0")),
        ("file:COM3", PrinterAt(Way.FILE, "COM3")),
        ("windows:EPSON TM-T20II Receipt", PrinterAt(Way.WINDOWS, "EPSON TM-T20II Receipt")),
        (r"windows:\\\\server\\kvitton", PrinterAt(Way.WINDOWS, r"\\server\kvitton")),
    ],
)
def test_a_printer_is_found_where_the_file_says(text: str, printer: PrinterAt | None) -> None:
    assert clinic.parse(f'{REAL}printer = "{text}"\n').printer == printer


def test_a_printer_is_told_as_the_file_says_it() -> None:
    told = [str(PrinterAt(Way.NETWORK, "192.0.2.10", port)) for port in (9100, 9101)]

    assert told == ["network:192.0.2.10", "network:192.0.2.10:9101"]
    assert str(PrinterAt(Way.FILE, "/dev/usb/lp0")) == "file:/dev/usb/lp0"


def test_a_slash_after_the_server_is_no_part_of_it() -> None:
    text = REAL.replace(".example", ".example/")

    assert clinic.parse(text).server == "https://kassa.region.example"


# ── Demo and real ────────────────────────────────────────────────────────────────────────────────


def test_a_demo_needs_no_server() -> None:
    assert clinic.parse(DEMO).demo


def test_a_till_that_takes_money_refuses_the_keys_that_everybody_knows() -> None:
    assert refused_field(DEMO.replace("demo = true", 'server = "https://kassa.region.example"')) == "root_key"
    assert refused_field(DEMO.replace("true", "false")) == "root_key"


def test_a_demo_refuses_a_real_root_key() -> None:
    assert refused_field(REAL + "demo = true\n") == "root_key"


def test_a_till_that_takes_money_has_a_region() -> None:
    assert refused_field(f'root_key = "{to_text(ROOT)}"\n') == "server"


# ── What is wrong is named ───────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ('sever = "https://kassa.region.example"', "sever"),
        ("root_key = 5", "root_key"),
        ('root_key = ""', "root_key"),
        ('root_key = "AAAA"', "root_key"),
        (f'root_key = "{to_text(ROOT)}="', "root_key"),
        (f'root_key = "{ROOT.hex()}"', "root_key"),
        ('root_key = "åäö"', "root_key"),
        ("server = 5", "server"),
        ('server = ["https://kassa.region.example"]', "server"),
        ('server = ""', "server"),
        ('server = "https://"', "server"),
        ('server = "http://kassa.region.example"', "server"),
        ('server = "ftp://kassa.region.example"', "server"),
        ('server = "kassa.region.example"', "server"),
        ('server = "http://127.0.0.1.kassa.example"', "server"),
        ('server = "http://localhost.kassa.example"', "server"),
        ('server = "http://localhost@kassa.example"', "server"),
        ("code = 5", "code"),
        ('code = ["ABCDE"]', "code"),
        ('tills = "H"', "tills"),
        ("tills = []", "tills"),
        ('tills = ["X"]', "tills"),
        ('tills = ["H", "H"]', "tills"),
        ("tills = [1]", "tills"),
        ('tills = [["H"]]', "tills"),
        ("tills = [{ H = 1 }]", "tills"),
        ('desk = ""', "desk"),
        ('desk = " Reception"', "desk"),
        ('desk = "Reception\\n2"', "desk"),
        ('desk = "Reception | 2"', "desk"),
        ('desk = "19610118-2803"', "desk"),
        (f'desk = "{"a" * 41}"', "desk"),
        ("desk = 2", "desk"),
        ('custody = "paper"', "custody"),
        ("custody = true", "custody"),
        ('custody = ["user"]', "custody"),
        ("second_medium = 5", "second_medium"),
        ('second_medium = "/mnt/\\u0000"', "second_medium"),
        ("receipts = true", "receipts"),
        ('receipts = "/mnt/\\u0000"', "receipts"),
        ("printer = true", "printer"),
        ('printer = ""', "printer"),
        ('printer = "192.0.2.10"', "printer"),
        ('printer = "usb:lp0"', "printer"),
        ('printer = "Network:192.0.2.10"', "printer"),
        ('printer = "network:"', "printer"),
        ('printer = "network: 192.0.2.10"', "printer"),
        ('printer = "network:192.0.2.10:"', "printer"),
        ('printer = "network:192.0.2.10:0"', "printer"),
        ('printer = "network:192.0.2.10:99999"', "printer"),
        ('printer = "network:192.0.2.10:raw"', "printer"),
        ('printer = "network:192.0.2.10/queue"', "printer"),
        ('printer = "network:anna@192.0.2.10"', "printer"),
        ('printer = "network:[2001:db8::1"', "printer"),
        ('printer = "file:"', "printer"),
        ('printer = "file:/dev/\\u0000"', "printer"),
        ('printer = "windows: "', "printer"),
        ("printer_model = 20", "printer_model"),
        ('printer_model = ""', "printer_model"),
        ('a4_printer = " "', "a4_printer"),
        ("a4_printer = true", "a4_printer"),
        ("customer_display = 2", "customer_display"),
        ('demo = "true"', "demo"),
        ("demo = 1", "demo"),
    ],
)
def test_a_wrong_field_is_named(line: str, field: str) -> None:
    name = line.split(" ")[0]
    others = [kept for kept in REAL.splitlines() if not kept.startswith(name)]

    assert refused_field("\n".join([*others, line])) == field


@pytest.mark.parametrize(
    "text", ["", "\x00", "not a clinic file", "root_key = ", "[[[", REAL + REAL, "x = " + "[" * 5_000, "\ud800"]
)
def test_what_is_no_clinic_file_is_refused(text: str) -> None:
    assert refused_field(text) in {"file", "root_key", "x"}


@pytest.mark.parametrize("server", ["http://127.0.0.1:8080", "http://localhost:8080", "https://127.0.0.1"])
def test_a_region_on_this_very_machine_may_speak_plainly(server: str) -> None:
    text = REAL.replace("https://kassa.region.example", server)

    assert clinic.parse(text).server == server


# ── As a file ────────────────────────────────────────────────────────────────────────────────────


def test_a_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "clinic.toml"
    path.write_text(REAL, encoding="utf-8")

    assert clinic.read(path) == clinic.parse(REAL)


def test_a_file_saved_by_notepad_is_read(tmp_path: Path) -> None:
    path = tmp_path / "clinic.toml"
    path.write_text(REAL.replace("\n", "\r\n"), encoding="utf-8-sig", newline="")

    assert clinic.read(path) == clinic.parse(REAL)


@pytest.mark.parametrize(
    "raw", [None, b"\xff\xfe\x00", REAL.encode("utf-16"), b"#" * 70_000], ids=["none", "binary", "utf-16", "long"]
)
def test_a_file_that_is_missing_or_none_is_refused(tmp_path: Path, raw: bytes | None) -> None:
    path = tmp_path / "clinic.toml"
    if raw is not None:
        path.write_bytes(raw)

    with pytest.raises(BadClinicFile) as trouble:
        clinic.read(path)

    assert trouble.value.field == "file"


def test_a_folder_is_no_clinic_file(tmp_path: Path) -> None:
    with pytest.raises(BadClinicFile):
        clinic.read(tmp_path)
