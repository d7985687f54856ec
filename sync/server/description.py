"""The region's HTTP interface as OpenAPI 3.1, written as data: routes, headers, bodies, and every word of refusal.

Tests hold it against the application: what is described exists, what exists is described, and answers are as described.
docs/SYNC.md says what the messages mean, and how a request is signed; this says what they look like.
"""

import json
from collections.abc import Mapping
from typing import Any

from sync.wire import messages
from sync.wire.accounts import GRANTS_PATH, RELEASES_PATH
from sync.wire.entry import FORK, GAP
from sync.wire.patient import PATIENTS_PATH

PATH = "/openapi.json"
OCTETS, JSON, TEXT = "application/octet-stream", "application/json", "text/plain"
_CHAIN = "/v1/chains/{chain}"
_MOST = 2**53 - 1
_MOST_NUMBER = 10**15 - 1

Schema = dict[str, Any]

REFUSALS: Mapping[int, tuple[str, ...]] = {
    400: ("number", "malformed", "gzip", "gone"),
    401: ("not-signed", "nonce"),
    403: ("unknown-chain", "signature", "other-chain", "digest"),
    404: ("no-such-thing",),
    405: ("no-such-thing",),
    408: ("slow",),
    409: (),
    413: ("too-large", "too-many"),
    415: ("coding",),
    422: ("malformed", "link", "commitment", "signature"),
    429: ("too-often",),
    503: ("busy", "clock", "ledger-behind", "damaged", "database", "unavailable", "catching-up", "patients"),
}
"""The words that any route may refuse with, by status."""
_SAYS = {
    400: "The request is not in the form that it must have.",
    401: "The request is not signed, or not with a fresh nonce: sign it again with the nonce in Kassa-Nonce.",
    403: "Whoever signed the request may not ask for this.",
    404: "There is no such thing.",
    405: "The route takes another method.",
    408: "The body did not come in time; the connection is closed.",
    409: "The region stands elsewhere than what was asked supposes.",
    413: "More than a request may bring; the connection is closed.",
    415: "The body is compressed in a way that is not known.",
    422: "The records before `index` are stored; the one at it is at fault.",
    429: "Too often: come again after Retry-After.",
    503: "Not now: come again after Retry-After. Nothing is wrong with the request.",
}


_LAST = {0: "[A-Za-z0-9_-]", 2: "[AEIMQUYcgkosw048]", 4: "[AQgw]"}
"""What the last character of base64url may be, by how many of its bits must be 0."""


def _bytes_of(length: int) -> Schema:
    """So many bytes in base64url without padding."""
    characters = -(-length * 8 // 6)
    last = _LAST[characters * 6 - length * 8]
    return {"type": "string", "pattern": f"^[A-Za-z0-9_-]{{{characters - 1}}}{last}$"}


def _object(**fields: Schema) -> Schema:
    return {"type": "object", "properties": fields, "required": sorted(fields), "additionalProperties": False}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


_BASE64: Schema = {"type": "string", "pattern": "^[A-Za-z0-9_-]*$"}
_COUNT: Schema = {"type": "integer", "minimum": 0, "maximum": _MOST}
_HASHES: Schema = {"type": "array", "items": _bytes_of(32), "maxItems": messages.MAX_PROOF_HASHES}
_NOTE: Schema = {"type": "string", "maxLength": 8192, "description": "a C2SP tlog-checkpoint"}
_WHY: Schema = {"type": "string", "pattern": "^[a-z-]+$", "maxLength": 200}
_CLINIC: Schema = {"type": "string", "pattern": "^[a-z0-9][a-z0-9-]{0,31}$"}
_NAME: Schema = {"type": "string", "pattern": "^[A-Z0-9][A-Z0-9-]{0,15}$"}
_DAY: Schema = {"type": "string", "format": "date"}
_DAY_OR_NONE: Schema = {"type": "string", "pattern": "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$"}
_LOW: Schema = {"type": "string", "pattern": "^[a-z][a-z0-9_-]{0,31}$"}

SCHEMAS: Mapping[str, Schema] = {
    "EnrolRequest": _object(
        code={"type": "string", "maxLength": 64},
        till={"type": "string", "maxLength": 16},
        pub=_bytes_of(32),
        sig=_bytes_of(64),
    ),
    "SuccessorRequest": _object(pub=_bytes_of(32), sig=_bytes_of(64), why={"enum": [FORK, GAP]}),
    "Enrolled": _object(entry=_BASE64, idx=_COUNT, incl=_HASHES, note=_NOTE, trust=_BASE64),
    "Pushed": _object(
        next=_COUNT,
        entry=_BASE64,
        idx=_COUNT,
        incl=_HASHES,
        note=_NOTE,
        cons=_HASHES,
        cfg=_COUNT,
        nonce={"type": "string", "maxLength": 128},
    ),
    "Conflict": _object(kind={"enum": [FORK, GAP]}, next=_COUNT, hash=_bytes_of(32), env=_BASE64),
    "Included": _object(entry=_BASE64, idx=_COUNT, incl=_HASHES),
    "Found": _object(
        cert=_ref("Included"),
        found={"type": "array", "items": _object(frame=_BASE64, proof=_ref("Included"))},
        more={"type": "boolean"},
        note=_NOTE,
    ),
    "Ask": _object(account=_bytes_of(32), amount_ore=_COUNT, id=_bytes_of(16)),
    "Stands": _object(
        account=_bytes_of(32), id=_bytes_of(16), moved_ore=_COUNT, free_ore=_COUNT, held_ore={"type": "integer"}
    ),
    "PatientAsk": _object(
        day=_DAY,
        kind={"type": "string", "pattern": "^[a-z_]{1,32}$"},
        value={"type": "string", "pattern": "^[0-9A-Z]{12}$"},
    ),
    "Frikort": _object(
        as_of=_COUNT,
        basis=_LOW,
        day=_DAY,
        frikort_until=_DAY_OR_NONE,
        paid_in_window_ore=_COUNT,
        protected={"type": "boolean"},
        window_from=_DAY_OR_NONE,
    ),
    "Refusal": _object(why=_WHY, index={"type": "integer", "minimum": -1}),
}

_FRAMES: Schema = {
    "type": "string",
    "format": "binary",
    "description": "frames (docs/JOURNAL.md section 7), one after the other",
    "maxLength": messages.MAX_BATCH_BYTES,
}


def _parameter(name: str, where: str, schema: Schema, says: str) -> Schema:
    return {"name": name, "in": where, "required": True, "schema": schema, "description": says}


_NUMBER: Schema = {"type": "integer", "minimum": 0, "maximum": _MOST_NUMBER}
_OWN = _parameter("chain", "path", _bytes_of(16), "the chain of the register that signs")
_FROM = _parameter("from", "query", _NUMBER, "the seq of the first record that is wanted")
_SIGNED = (
    _parameter("Content-Digest", "header", {"type": "string"}, "RFC 9530, sha-256, also of an empty body"),
    _parameter("Signature-Input", "header", {"type": "string"}, "RFC 9421, the profile of docs/SYNC.md"),
    _parameter("Signature", "header", {"type": "string"}, "the same"),
)
_RECEIPT = (
    _parameter("register", "query", _NAME, "the name of the register"),
    _parameter("till", "query", {"enum": ["H", "E"]}, "the letter of its till"),
    _parameter("number", "query", {"type": "integer", "minimum": 1, "maximum": _MOST}, "the number of the receipt"),
)
_PUSH = (
    _parameter(messages.START_HEADER, "header", _NUMBER, "the seq of the first record, or of the next one"),
    _parameter(messages.KNOWN_HEADER, "header", _NUMBER, "the size of the newest tree that the register knows; or 0"),
)


def _answer(says: str, media_type: str, schema: Schema) -> Schema:
    return {"description": says, "content": {media_type: {"schema": schema}}}


def _refusal(status: int, more: tuple[str, ...], schema: Schema | None) -> Schema:
    words = sorted({*REFUSALS[status], *more})
    refusal = {"allOf": [_ref("Refusal"), {"properties": {"why": {"enum": words}}}]}
    both = [one for one in (schema, refusal if words else None) if one is not None]
    answer = _answer(_SAYS[status], JSON, both[0] if len(both) == 1 else {"anyOf": both})
    headers: Schema = {messages.NONCE_HEADER: {"required": status not in (404, 405), "schema": {"type": "string"}}}
    if status in (429, 503):
        headers["retry-after"] = {"required": True, "schema": {"type": "string", "pattern": "^[0-9]+$"}}
    return answer | {"headers": headers}


def _operation(
    says: str,
    done: Schema,
    *,
    words: Mapping[int, tuple[str, ...]] | None = None,
    parameters: tuple[Schema, ...] = (),
    body: Schema | None = None,
    conflict: Schema | None = None,
) -> Schema:
    """One method of a path. `words` are those it refuses with besides the ones that any route may say."""
    more = words or {}
    statuses = [status for status in REFUSALS if REFUSALS[status] or status in more or (status == 409 and conflict)]
    refusals = {str(one): _refusal(one, more.get(one, ()), conflict if one == 409 else None) for one in statuses}
    made: Schema = {"summary": says, "parameters": list(parameters), "responses": {"200": done, **refusals}}
    return made if body is None else made | {"requestBody": body}


def _body(media_type: str, schema: Schema, *, required: bool = True) -> Schema:
    return {"required": required, "content": {media_type: {"schema": schema}}}


_SHOWN = _answer("The certificate, its proof, and the region's keys.", JSON, _ref("Enrolled"))
_SOME = _answer("As many frames as fit, and at least one when there is one.", OCTETS, _FRAMES)
_STANDS = _answer("How the account stands after it.", JSON, _ref("Stands"))
_MOVED: Mapping[int, tuple[str, ...]] = {
    404: ("unknown-chain",),
    409: ("closed", "too-little", "id-used", "not-closed"),
}
_NO_PARENT = {404: ("no-parent",)}
_PATHS: dict[str, dict[str, Schema]] = {
    messages.ENROL_PATH: {
        "post": _operation(
            "A new till shows its one-time code.",
            _SHOWN,
            words={403: ("code", "code-expired", "code-locked", "code-used", "key-used", "till", "too-many")},
            body=_body(JSON, _ref("EnrolRequest")),
        )
    },
    f"{_CHAIN}/records": {
        "post": _operation(
            "Records are pushed; with no body, a heartbeat.",
            _answer("Everything before `next` is stored, and the proof.", JSON, _ref("Pushed")),
            parameters=(_OWN, *_PUSH, *_SIGNED),
            body=_body(OCTETS, _FRAMES, required=False),
            conflict=_ref("Conflict"),
        ),
        "get": _operation("A chain's own records back.", _SOME, parameters=(_OWN, _FROM, *_SIGNED)),
    },
    f"{_CHAIN}/aside": {
        "get": _operation("A chain's own records that are kept beside it.", _SOME, parameters=(_OWN, _FROM, *_SIGNED))
    },
    f"{_CHAIN}/certificate": {
        "get": _operation("The certificate, with a new proof.", _SHOWN, parameters=(_OWN, *_SIGNED))
    },
    f"{_CHAIN}/successor": {
        "post": _operation(
            "A chain that cannot go on asks for one that can.",
            _SHOWN,
            words={403: ("key-used", "too-many"), 409: ("no-name", "closed")},
            parameters=(_OWN, *_SIGNED),
            body=_body(JSON, _ref("SuccessorRequest")),
        )
    },
    f"{_CHAIN}/parent": {
        "get": _operation("Records of the chain before.", _SOME, words=_NO_PARENT, parameters=(_OWN, _FROM, *_SIGNED))
    },
    f"{_CHAIN}/parent/certificate": {
        "get": _operation("Its certificate.", _SHOWN, words=_NO_PARENT, parameters=(_OWN, *_SIGNED))
    },
    "/v1/config": {
        "get": _operation("Configuration records, with the clinic's parts.", _SOME, parameters=(_FROM, *_SIGNED))
    },
    "/v1/clinics/{clinic}/receipts": {
        "get": _operation(
            "Another desk's receipt with its returns, for a register of the same clinic. Who asked is recorded.",
            _answer("The records, each with its proof.", JSON, _ref("Found")),
            words={403: ("other-clinic", "closed"), 404: ("no-receipt",)},
            parameters=(_parameter("clinic", "path", _CLINIC, "the clinic's id"), *_RECEIPT, *_SIGNED),
        )
    },
    GRANTS_PATH: {
        "post": _operation(
            "Rights to money a conto, for the till.",
            _STANDS,
            words=_MOVED,
            parameters=_SIGNED,
            body=_body(JSON, _ref("Ask")),
        )
    },
    RELEASES_PATH: {
        "post": _operation(
            "Rights that the till gives back.", _STANDS, words=_MOVED, parameters=_SIGNED, body=_body(JSON, _ref("Ask"))
        )
    },
    PATIENTS_PATH: {
        "post": _operation(
            "How a patient stands across the region's clinics, asked by the whole number. Who asked is recorded.",
            _answer("The sum towards frikort, and until when one holds.", JSON, _ref("Frikort")),
            words={403: ("closed", "till")},
            parameters=_SIGNED,
            body=_body(JSON, _ref("PatientAsk")),
        )
    },
    messages.CHECKPOINT_PATH: {
        "get": _operation("The signed head of the ledger, for anyone.", _answer("The note.", TEXT, _NOTE))
    },
    PATH: {"get": _operation("This description.", _answer("OpenAPI 3.1.", JSON, {"type": "object"}))},
}

OPENAPI: Schema = {
    "openapi": "3.1.0",
    "info": {
        "title": "Kassa, the region server",
        "version": "1",
        "description": "Registers push what they have signed and get it proved. docs/SYNC.md is the protocol.",
    },
    "paths": _PATHS,
    "components": {"schemas": dict(SCHEMAS)},
}


def encoded() -> bytes:
    """The document as it is served."""
    return json.dumps(OPENAPI, sort_keys=True, separators=(",", ":")).encode()
