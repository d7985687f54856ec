"""An id that begins with a hyphen reaches the command it was written for."""

import argparse

import pytest

from sync.wire.argv import joined

ID = "-yd0Zg3sQb6yGmPpVtx3-w"


def chosen(*arguments: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--chain")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args(joined(arguments, "--chain"))


def test_an_id_that_begins_with_a_hyphen_is_no_option() -> None:
    assert chosen("--chain", ID, "--json").chain == ID


def test_an_option_is_still_one() -> None:
    with pytest.raises(SystemExit):
        chosen("--chain", "--json")


def test_what_was_written_into_the_option_stays() -> None:
    assert chosen(f"--chain={ID}").chain == ID
