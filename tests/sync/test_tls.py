"""TLS ends in front of the region: what a till signs holds through it, and a certificate nobody trusts is no region.

The proxy is the least there is: it takes TLS off and passes the bytes on, as docs/OPERATING.md asks of any.
"""

import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from sync.client.errors import Offline
from sync.client.transport import Transport, open_client
from sync.server.region import Region
from tests.storm.door import opened
from tests.sync.builders import Clock, enrol, make_region, till_of

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl here to make a certificate with")


@pytest.fixture
def region(tmp_path: Path) -> Iterator[Region]:
    made = make_region(tmp_path / "region", Clock())
    yield made
    made.close()


def certificate(folder: Path, name: str) -> Path:
    """A certificate that signs itself, with its key in the same file."""
    made = folder / f"{name}.pem"
    key, cert = folder / f"{name}.key", folder / f"{name}.crt"
    asked = [
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
        "-days",
        "2",
        "-subj",
        f"/CN={name}",
    ]
    extra = ["-addext", "subjectAltName=DNS:localhost", "-keyout", str(key), "-out", str(cert)]
    subprocess.run(["openssl", "req", "-x509", *asked, *extra], check=True, capture_output=True)
    made.write_bytes(key.read_bytes() + cert.read_bytes())
    return made


@contextmanager
def tls_before(port: int, pem: Path) -> Iterator[int]:
    """A port where TLS is taken off and the rest passed on to `port`."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=_serve, args=(listener, context, port), daemon=True).start()
        yield int(listener.getsockname()[1])


def _serve(listener: socket.socket, context: ssl.SSLContext, port: int) -> None:
    while True:
        try:
            plain, _ = listener.accept()
        except OSError:
            return
        with suppress(OSError):
            outside = context.wrap_socket(plain, server_side=True)
            inside = socket.create_connection(("127.0.0.1", port))
            for one, other in ((outside, inside), (inside, outside)):
                threading.Thread(target=_pass_on, args=(one, other), daemon=True).start()


def _pass_on(one: socket.socket, other: socket.socket) -> None:
    with suppress(OSError):
        while piece := one.recv(65_536):
            other.sendall(piece)
    for end in (one, other):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)


def test_a_till_pushes_and_is_proved_through_tls(
    region: Region, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pem = certificate(tmp_path, "region")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "region.crt"))
    known = enrol(region, Clock())

    with opened(region) as door, tls_before(door.port, pem) as port:
        line = Transport(open_client(f"https://localhost:{port}"))
        till = till_of(known.paper, known.journal.key, line, Clock())
        till.journal.sell(200)
        stand = till.sync()
        line.close()

    assert (stand.unsent, stand.attention) == (0, None)


def test_a_certificate_that_nobody_trusts_is_no_region(
    region: Region, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate(tmp_path, "region")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "region.crt"))

    with opened(region) as door, tls_before(door.port, certificate(tmp_path, "other")) as port:
        line = Transport(open_client(f"https://localhost:{port}"))
        with pytest.raises(Offline):
            line.checkpoint()
        line.close()
