"""A clinic's own list, and the name of an account, have the bytes that were written down once."""

import json
from pathlib import Path

from sync.wire import accounts, canonical, own
from sync.wire.signature import Signer

VECTOR = json.loads((Path(__file__).parents[2] / "vectors" / "own-v1.json").read_text(encoding="utf-8"))


def test_the_list_that_was_signed_once_is_signed_so_again() -> None:
    key = Signer(bytes.fromhex(VECTOR["seed"]))
    content = canonical.decode_object(VECTOR["content"].encode())

    listed = own.read(content, VECTOR["clinic"], bytes.fromhex(VECTOR["public_key"]))

    assert own.sign(listed.clinic, listed.number, [dict(one) for one in listed.articles], key) == content
    assert own.named_key({"clinic": {"own_key": VECTOR["own_key"]}}) == key.public_key


def test_an_account_is_named_by_the_same_hash() -> None:
    whose = dict(VECTOR["account"])
    digest = whose.pop("hash")

    assert accounts.account(**whose).hex() == digest
