"""Turns requests into HTTP and answers into messages, or raises Offline, Rejected or Malformed.

Every request that needs it is signed (RFC 9421) with the nonce the region gave last; when it has grown old the region
gives another, and the request is signed once more. Bodies are compressed when that makes them smaller. An answer is
read up to a limit and no further.
"""

import gzip
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import httpx2

from sync.client.engine import Push
from sync.client.errors import Offline, Rejected
from sync.wire import frame, messages, request_signature
from sync.wire.accounts import GRANTS_PATH, RELEASES_PATH, Ask, Stands
from sync.wire.errors import Malformed
from sync.wire.frame import Frame
from sync.wire.lookup import Found, ReceiptName
from sync.wire.messages import Conflict, Enrolled, EnrolRequest, Pushed, Refusal, SuccessorRequest
from sync.wire.patient import PATIENTS_PATH, Frikort, PatientAsk
from sync.wire.signature import Signer

TIMEOUT_S = 10.0
MAX_ANSWER_BYTES = 2 * messages.MAX_BATCH_BYTES
MAX_RETRY_AFTER_S = 3600.0
_LATER = (httpx2.codes.REQUEST_TIMEOUT, httpx2.codes.TOO_MANY_REQUESTS)
_NO_NONCE = "none"
_NONCE = re.compile(r"[A-Za-z0-9_.-]{1,128}")
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Sender:
    """Who signs: a chain and its key. `clinic` is whose configuration must come whole."""

    chain: bytes
    signer: Signer
    clinic: str | None = None


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    headers: httpx2.Headers
    body: bytes


def open_client(base_url: str, timeout_s: float = TIMEOUT_S) -> httpx2.Client:
    """A client for the region at `base_url`, which trusts what the operating system trusts."""
    return httpx2.Client(base_url=base_url, timeout=timeout_s, follow_redirects=False)


class Transport:
    """Speaks to one region. Used by one thread."""

    def __init__(self, client: httpx2.Client) -> None:
        self._client = client
        self._nonce = _NO_NONCE

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def enrol(self, request: EnrolRequest) -> Enrolled:
        """Ask to become a register. Raises Offline, Rejected, Malformed."""
        answer = self._send(self._client.build_request("POST", messages.ENROL_PATH, content=request.encode()))
        return _read(answer, {200: Enrolled.read})

    def push(self, sender: Sender, push: Push) -> Pushed | Conflict:
        """Send records. Raises Offline, Rejected, Malformed."""
        body, coding = _packed(push.body)
        headers = {messages.START_HEADER: str(push.start), messages.KNOWN_HEADER: str(push.known_size), **coding}
        answer = self._signed(sender, "POST", messages.push_path(sender.chain), headers, body)
        return _read(answer, {200: _pushed, 202: _pushed, 409: Conflict.read})

    def configuration(self, sender: Sender, first: int) -> list[Frame]:
        """Configuration records from `first`; unchecked. Raises Offline, Rejected, Malformed."""
        return _read(self._signed(sender, "GET", messages.config_path(first), {}, b""), {200: _config_frames})

    def records(self, sender: Sender, first: int) -> list[Frame]:
        """The chain's own records from `first`, back from the region; unchecked. Raises as the others."""
        path = f"{messages.push_path(sender.chain)}?from={first}"
        return _read(self._signed(sender, "GET", path, {}, b""), {200: _record_frames})

    def aside(self, sender: Sender, first: int) -> list[Frame]:
        """The sender's records from `first` that the region keeps beside its chain; unchecked. Raises as the others:
        Rejected with 404 by a region that does not give them back."""
        path = messages.aside_path(sender.chain, first)
        return _read(self._signed(sender, "GET", path, {}, b""), {200: _record_frames})

    def certificate(self, sender: Sender) -> Enrolled:
        """The chain's certificate with a new proof, also of a closed chain; unchecked. Raises as the others."""
        path = messages.certificate_path(sender.chain)
        return _read(self._signed(sender, "GET", path, {}, b""), {200: Enrolled.read})

    def successor(self, sender: Sender, request: SuccessorRequest) -> Enrolled:
        """End the sender's chain and be given the one that goes on; unchecked. The same request may be repeated.
        Raises as the others."""
        path = messages.successor_path(sender.chain)
        return _read(self._signed(sender, "POST", path, {}, request.encode()), {200: Enrolled.read})

    def parent_records(self, sender: Sender, first: int) -> list[Frame]:
        """Records from `first` of the chain that the sender's succeeds; unchecked. Raises as the others: Rejected with
        404 when it succeeds none."""
        path = messages.parent_path(sender.chain, first)
        return _read(self._signed(sender, "GET", path, {}, b""), {200: _record_frames})

    def parent_certificate(self, sender: Sender) -> Enrolled:
        """The certificate of the chain that the sender's succeeds, with a new proof; unchecked. Raises as
        `parent_records`."""
        path = messages.parent_certificate_path(sender.chain)
        return _read(self._signed(sender, "GET", path, {}, b""), {200: Enrolled.read})

    def ask_grant(self, sender: Sender, asked: Ask) -> Stands:
        """Ask for rights to money a conto (`sync.client.accounts`); unchecked. Raises as the others."""
        return _read(self._signed(sender, "POST", GRANTS_PATH, {}, asked.encode()), {200: Stands.read})

    def give_back(self, sender: Sender, asked: Ask) -> Stands:
        """Give such rights back; unchecked. Raises as the others."""
        return _read(self._signed(sender, "POST", RELEASES_PATH, {}, asked.encode()), {200: Stands.read})

    def receipt(self, sender: Sender, name: ReceiptName) -> Found:
        """What the region says of another desk's receipt (`sync.client.lookup`); unchecked. Raises as the others:
        Rejected with 404 when there is none of that name."""
        return _read(self._signed(sender, "GET", name.path, {}, b""), {200: Found.read})

    def frikort(self, sender: Sender, asked: PatientAsk) -> Frikort:
        """How the region says that a patient stands (`sync.client.frikort`); unchecked. Raises as the others."""
        return _read(self._signed(sender, "POST", PATIENTS_PATH, {}, asked.encode()), {200: Frikort.read})

    def checkpoint(self) -> str:
        """The ledger's signed head as text; unchecked."""
        return _read(self._send(self._client.build_request("GET", messages.CHECKPOINT_PATH)), {200: bytes.decode})

    def _signed(self, sender: Sender, method: str, path: str, headers: dict[str, str], body: bytes) -> _Answer:
        answer = self._sign_and_send(sender, method, path, headers, body)
        if answer.status == httpx2.codes.UNAUTHORIZED and messages.NONCE_HEADER in answer.headers:
            answer = self._sign_and_send(sender, method, path, headers, body)
        return answer

    def _sign_and_send(self, sender: Sender, method: str, path: str, headers: dict[str, str], body: bytes) -> _Answer:
        request = self._client.build_request(method, path, headers=headers, content=body)
        covered = _covered(request, body)
        request.headers.update(request_signature.sign(covered, sender.chain, self._nonce, sender.signer))
        return self._send(request)

    def _send(self, request: httpx2.Request) -> _Answer:
        request.headers["accept-encoding"] = "identity"
        try:
            response = self._client.send(request, stream=True)
            try:
                answer = _Answer(response.status_code, response.headers, _bounded(response))
            finally:
                response.close()
        except (httpx2.TransportError, httpx2.StreamError):
            raise Offline from None
        nonce = answer.headers.get(messages.NONCE_HEADER, "")
        self._nonce = nonce if _NONCE.fullmatch(nonce) else self._nonce
        return answer


def _covered(request: httpx2.Request, body: bytes) -> request_signature.Request:
    path, _, query = request.url.raw_path.decode("ascii").partition("?")
    return request_signature.Request(
        method=request.method,
        authority=request.headers["host"].lower(),
        path=path,
        query=f"?{query}",
        headers={name.lower(): value for name, value in request.headers.items()},
        body=body,
    )


def _packed(body: bytes) -> tuple[bytes, dict[str, str]]:
    packed = gzip.compress(body, compresslevel=6, mtime=0)
    return (packed, {"content-encoding": "gzip"}) if len(packed) < len(body) else (body, {})


def _bounded(response: httpx2.Response) -> bytes:
    body = b""
    for piece in response.iter_raw():
        body += piece
        if len(body) > MAX_ANSWER_BYTES:
            raise Malformed("the answer is too long")
    return body


def _read(answer: _Answer, readers: dict[int, Callable[[bytes], _T]]) -> _T:
    """The message in an answer. Whatever is wrong with it, one of the three errors says so."""
    if answer.status >= httpx2.codes.INTERNAL_SERVER_ERROR or answer.status in _LATER:
        raise Offline(_retry_after_s(answer.headers))
    if answer.headers.get("content-encoding", "identity") != "identity":
        raise Malformed("the answer is compressed")
    reader = readers.get(answer.status)
    if reader is not None:
        return _try(reader, answer.body)
    if httpx2.codes.is_client_error(answer.status):
        refusal = _try(Refusal.read, answer.body)
        raise Rejected(answer.status, refusal.why, refusal.index)
    raise Malformed(f"status {answer.status}")


def _try(reader: Callable[[bytes], _T], body: bytes) -> _T:
    try:
        return reader(body)
    except UnicodeDecodeError:
        raise Malformed("not text") from None


def _pushed(body: bytes) -> Pushed | Conflict:
    return Pushed.read(body)


def _config_frames(body: bytes) -> list[Frame]:
    return frame.decode_all(body, at_most=messages.MAX_CONFIG_FRAMES)


def _record_frames(body: bytes) -> list[Frame]:
    return frame.decode_all(body, at_most=messages.MAX_BATCH_RECORDS)


def _retry_after_s(headers: httpx2.Headers) -> float | None:
    text = headers.get("retry-after", "")
    return min(float(text), MAX_RETRY_AFTER_S) if text.isascii() and text.isdigit() else None
