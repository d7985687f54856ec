"""The first start of a desk at the region that its clinic file names."""

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from kassaapp import clinic, enrolment
from kassaapp.trouble import BadClinicFile
from sync.client.enrol import NewRegister, parent_records
from sync.client.enrol import enrol as enrol_at_region
from sync.client.transport import Sender, Transport, open_client
from sync.wire.entry import Enrolment
from sync.wire.frame import Frame
from sync.wire.signature import Signer


def enrol(folder: Path, clinic_file: Path, now: Callable[[], datetime]) -> None:
    """Enrol a desk at the region its clinic file names. Raises Trouble of many kinds."""
    enrol_by(folder, clinic.read_text(clinic_file), now)


def enrol_by(folder: Path, text: str, now: Callable[[], datetime]) -> None:
    """Enrol a desk by the text of a clinic file. Raises as `enrol`."""
    said = clinic.parse(text)
    if said.server is None:
        raise BadClinicFile("server")
    transport = Transport(open_client(said.server))

    def region(code: str, till: str, signer: Signer) -> NewRegister:
        return enrol_at_region(code, till, signer, said.root_key, transport)

    def parent(certificate: Enrolment, signer: Signer) -> Sequence[Frame]:
        return parent_records(certificate, Sender(certificate.chain, signer, certificate.clinic), transport)

    try:
        enrolment.enrol(folder, said, text, region, now=now, parent=parent)
    finally:
        transport.close()
