"""A price administrator's document becomes the parts of a configuration record.

The document is TOML as `resources/demo/demo.toml` shows it. What applies to the whole region goes into the part
"region"; one clinic's name, tills and desk into "clinic/ID"; its people, with PINs turned into Argon2id verifiers, into
"users/ID". Shared by the region's `publish` and by the demo till, so that both make the same parts of one document.
Articles that are too many for one part are split over several, in order, always in the same way.
A table [clinic] with nothing but `id` says whose people or tills the document is about and is no part of its own.
"""

import json
import tomllib
from typing import Any

from nacl import pwhash

from sync.wire import canonical
from sync.wire.config import ARTICLES_PART, MAX_ARTICLE_PARTS, REGION_PART, clinic_part, users_part
from sync.wire.entry import check_clinic
from sync.wire.errors import Malformed

MAX_DOCUMENT_BYTES = 4_194_304
_REGION_TABLES = ("region", "policy", "fees", "articles", "texts")
_CLINIC_TABLES = ("clinic", "register", "tills")


def read(text: str) -> dict[str, Any]:
    """Read a document. Raises Malformed with the place of a mistake in the TOML."""
    if len(text) > MAX_DOCUMENT_BYTES:
        raise Malformed("document too long")
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as mistake:  # TOMLDecodeError is a ValueError, as is a number without end.
        raise Malformed(str(mistake)) from None


def contents(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The content of each part, by part name.

    Only of the parts the document has something for, so that a document about one clinic leaves the region's prices as
    they are. Raises Malformed for an unknown table or a value with no place.
    """
    unknown = set(document) - {*_REGION_TABLES, *_CLINIC_TABLES, "users"}
    if unknown:
        raise Malformed(f"unknown table {sorted(unknown)[0]}")
    made: dict[str, dict[str, Any]] = {}
    if about_region(document):
        made |= _region({name: document[name] for name in _REGION_TABLES if name in document})
    if about_clinic(document):
        made[clinic_part(clinic_of(document))] = {name: document[name] for name in _CLINIC_TABLES if name in document}
    if "users" in document:
        made[users_part(clinic_of(document))] = {"users": [_user(person) for person in _people(document["users"])]}
    if not made:
        raise Malformed("the document is empty")
    for content in made.values():
        canonical.encode(content)
    return made


def _region(content: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The part "region", and the parts beside it for articles that do not fit in it."""
    articles = content.get("articles")
    if not isinstance(articles, list) or _size(content) <= canonical.MAX_BYTES:
        return {REGION_PART: content}
    lists = _cut(articles)
    if len(lists) > MAX_ARTICLE_PARTS:
        raise Malformed(f"too many articles for one configuration: {len(articles)}")
    rest = {name: value for name, value in content.items() if name != "articles"}
    parts = {f"{ARTICLES_PART}{number}": {"articles": some} for number, some in enumerate(lists, start=1)}
    return {REGION_PART: rest | {"article_parts": len(lists)}} | parts


def _cut(articles: list[Any]) -> list[list[Any]]:
    """The articles in order, in as few lists as each fits in a part."""
    lists: list[list[Any]] = []
    room = 0
    for article in articles:
        size = _size(article) + 1
        if size > room:
            lists.append([])
            room = canonical.MAX_BYTES - _size({"articles": []})
        lists[-1].append(article)
        room -= size
    return lists


def _size(value: Any) -> int:
    """The length of a value in canonical JSON (bytes); what no part can hold is told when it is encoded."""
    return len(json.dumps(value, separators=(",", ":"), ensure_ascii=False, default=str).encode(errors="replace"))


def clinic_of(document: dict[str, Any]) -> str:
    """The id of the clinic the document is about. Raises Malformed."""
    clinic = document.get("clinic")
    name = clinic.get("id") if isinstance(clinic, dict) else None
    if name is None:
        raise Malformed("clinic.id is missing")
    return check_clinic(name)


def about_region(document: dict[str, Any]) -> bool:
    """Whether the document makes the part "region"."""
    return any(name in document for name in _REGION_TABLES)


def about_clinic(document: dict[str, Any]) -> bool:
    """Whether the document makes a clinic's own part, and does not only name the clinic."""
    clinic = document.get("clinic")
    only_named = isinstance(clinic, dict) and set(clinic) == {"id"}
    return any(name in document for name in _CLINIC_TABLES if not (name == "clinic" and only_named))


def _people(users: object) -> list[dict[str, Any]]:
    if not isinstance(users, list) or not all(isinstance(person, dict) for person in users):
        raise Malformed("users is not a list of tables")
    return users


def _user(person: dict[str, Any]) -> dict[str, Any]:
    """A person with the PIN replaced by its verifier. A document may hold verifiers already."""
    if "pin" not in person:
        return person
    verifier = pwhash.argon2id.str(
        str(person["pin"]).encode(),
        pwhash.argon2id.OPSLIMIT_INTERACTIVE,
        pwhash.argon2id.MEMLIMIT_INTERACTIVE,
    )
    kept = {name: value for name, value in person.items() if name != "pin"}
    return kept | {"verifier": verifier.decode("ascii")}
