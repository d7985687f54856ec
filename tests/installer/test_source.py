"""The version of a build is what it is made of."""

from pathlib import Path

import pytest

from installer import source


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A tree that git knows nothing of."""
    (tmp_path / "kassaapp").mkdir()
    (tmp_path / "kassaapp/__init__.py").write_text('VERSION = "0.7.0"\n', encoding="utf-8")
    (tmp_path / "kassaapp/app.py").write_text("pass\n", encoding="utf-8")
    for name in source.LOCKS:
        (tmp_path / name).write_text("apsw==1\n", encoding="utf-8")
    return tmp_path


def test_the_same_files_are_the_same_version(tree: Path) -> None:
    assert source.read(tree).version == source.read(tree).version


@pytest.mark.parametrize("name", ["kassaapp/app.py", "requirements.lock"])
def test_another_byte_is_another_version(tree: Path, name: str) -> None:
    before = source.read(tree)

    (tree / name).write_text("other\n", encoding="utf-8")

    assert source.read(tree).content != before.content


def test_a_file_that_another_has_the_name_of_is_another_content(tree: Path) -> None:
    before = source.read(tree)

    (tree / "kassaapp/app.py").rename(tree / "kassaapp/bpp.py")

    assert source.read(tree).content != before.content


def test_what_a_later_commit_made_sorts_later(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    earlier = source.read(tree).version
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000001")

    assert source.read(tree).version > earlier


def test_what_is_set_out_says_its_version_and_has_one_time(
    tree: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    (tree / "kassaapp/__pycache__").mkdir()
    (tree / "kassaapp/__pycache__/app.pyc").write_bytes(b"old")
    made, folder = source.read(tree), tmp_path_factory.mktemp("out") / "tree"

    source.stage(made, folder)

    paths = [path for path in folder.rglob("*") if path.is_file()]
    assert {path.relative_to(folder).as_posix() for path in paths} == {"kassaapp/__init__.py", "kassaapp/app.py"}
    assert (folder / "kassaapp/__init__.py").read_text(encoding="utf-8") == f'VERSION = "{made.version}"\n'
    assert {int(path.stat().st_mtime) for path in paths} == {1_700_000_000}
