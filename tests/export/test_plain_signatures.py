"""The plain Ed25519 of `kontrollera.py` against libsodium: what one takes the other takes, and nothing else."""

import ast
import importlib.util
import sys
from pathlib import Path
from random import Random
from typing import Any

import pytest
from nacl.signing import SigningKey

from kassaapp.paths import resource

SOURCE: Path = resource("control_visit/kontrollera.py")
L = 2**252 + 27742317777372353535851937790883648493


@pytest.fixture(scope="module")
def plain() -> Any:
    """The program, loaded as a module."""
    spec = importlib.util.spec_from_file_location("kontrollera", SOURCE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_what_libsodium_signs_is_signed_and_one_bit_away_is_not(plain: Any) -> None:
    random = Random(8032)
    key = SigningKey(random.randbytes(32))
    for length in (0, 1, 32, 331):
        message = random.randbytes(length)
        signature = bytearray(key.sign(message).signature)

        assert plain.is_signed(bytes(key.verify_key), message, bytes(signature))
        assert not plain.is_signed(bytes(key.verify_key), message + b"x", bytes(signature))
        signature[random.randrange(64)] ^= 1 << random.randrange(8)
        assert not plain.is_signed(bytes(key.verify_key), message, bytes(signature))


def test_the_published_vector_is_signed(plain: Any) -> None:
    """RFC 8032, 7.1, test 2."""
    key = bytes.fromhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
    signature = bytes.fromhex(
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    )

    assert plain.is_signed(key, b"\x72", signature)


def test_a_scalar_that_is_not_reduced_is_another_spelling_and_refused(plain: Any) -> None:
    key = SigningKey(bytes(32))
    signature = key.sign(b"a").signature
    longer = (int.from_bytes(signature[32:], "little") + L).to_bytes(32, "little")

    assert not plain.is_signed(bytes(key.verify_key), b"a", signature[:32] + longer)


@pytest.mark.parametrize("key", [bytes(32), b"\x01" + bytes(31), b"\xec" + b"\xff" * 30 + b"\x7f"])
def test_a_key_of_small_order_signs_nothing(plain: Any, key: bytes) -> None:
    assert not plain.is_signed(key, b"anything", key + bytes(32))


def test_it_is_written_for_old_pythons_and_imports_nothing_that_is_not_in_every_python() -> None:
    tree = ast.parse(SOURCE.read_text(encoding="utf-8"), feature_version=(3, 8))

    plain = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    from_some = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert plain | from_some <= sys.stdlib_module_names | {"xml.etree"}
