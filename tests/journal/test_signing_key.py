"""The till's secrets are in the operating system's keyring, or nowhere."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import keyring
import keyring.backend
import keyring.backends.fail
import pytest

from kassaapp.journal.signing_key import SECRET_BYTES, KeyringCustody, MachineCustody, custody
from kassaapp.trouble import KeyMissing, NoKeyring

SECRET = bytes(range(SECRET_BYTES))

ROUND_TRIP = """
import sys
from kassaapp.journal.signing_key import KeyringCustody
import keyring
secret = bytes(range(64))
KeyringCustody().keep("a till of the test", secret)
assert KeyringCustody().fetch("a till of the test") == secret
print(type(keyring.get_keyring()).__module__)
"""


@pytest.fixture
def no_keyring() -> Iterator[None]:
    before = keyring.get_keyring()
    keyring.set_keyring(keyring.backends.fail.Keyring())  # type: ignore[no-untyped-call]
    yield
    keyring.set_keyring(before)


def test_without_a_keyring_nothing_is_kept_anywhere(no_keyring: None) -> None:
    with pytest.raises(NoKeyring):
        KeyringCustody().keep("till", SECRET)


def test_custody_is_the_keyring_unless_the_clinic_file_says_machine(tmp_path: Path) -> None:
    assert isinstance(custody("user", tmp_path), KeyringCustody)
    assert isinstance(custody("machine", tmp_path), MachineCustody)


def test_a_key_in_machine_custody_is_never_overwritten(tmp_path: Path) -> None:
    keeper = MachineCustody(tmp_path)
    keeper.keep("till", SECRET)

    with pytest.raises(FileExistsError):
        keeper.keep("till", bytes(SECRET_BYTES))

    assert keeper.fetch("till") == SECRET


def test_a_key_that_is_not_there_is_missing(tmp_path: Path) -> None:
    with pytest.raises(KeyMissing):
        MachineCustody(tmp_path).fetch("till")


@pytest.mark.skipif(sys.platform != "linux", reason="the Secret Service is Linux")
def test_the_real_secret_service_keeps_the_key(tmp_path: Path) -> None:
    for program in ("dbus-run-session", "gnome-keyring-daemon"):
        assert shutil.which(program), f"{program} is missing: develop.py test installs it"
    unlock = "echo test | gnome-keyring-daemon --unlock --components=secrets >/dev/null"
    script = f"{unlock} && {sys.executable} -c '{ROUND_TRIP}'"
    environment = {**os.environ, "HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path), "PYTHONPATH": os.getcwd()}

    ended = subprocess.run(
        ["dbus-run-session", "--", "sh", "-c", script],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env=environment,
    )

    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.strip() == "keyring.backends.SecretService"
