"""Packs a frozen folder as a Debian package: the very folder, and what belongs to the system around it.

The package depends on the packages of those libraries that the folder's files link to and do not bring along, as this
machine's dpkg knows them. Built twice from one folder it is the same byte for byte: names, owners, rights and times are
settled here, and dpkg-deb takes the commit's time from SOURCE_DATE_EPOCH.
"""

import hashlib
import os
import re
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from installer import develop, freeze, source
from installer.develop import Stop
from installer.source import ROOT, Source

PARTS = ROOT / "installer/packages"
_NEEDED = re.compile(r"^\s+NEEDED\s+(\S+)$", re.MULTILINE)
_CACHED = re.compile(r"^\s(\S+) \(.*x86-64.*\) => (\S+)$", re.MULTILINE)
_LOADER = "ld-linux-x86-64.so.2"


@dataclass(frozen=True, slots=True)
class Package:
    """What differs between the two packages. `files`: a file of installer/packages → where it goes."""

    name: str
    programs: tuple[str, ...]
    files: dict[str, str]
    depends: tuple[str, ...]
    recommends: tuple[str, ...]
    conffiles: tuple[str, ...]
    says: str


_DOCUMENTS = ("OPERATING.md", "SYNC.md", "DATABASE.md")
PACKAGES = {
    "till": Package(
        name="kassa",
        programs=("kassa", "kassa-verify"),
        files={
            "till/kassa.desktop": "usr/share/applications/kassa.desktop",
            "till/kassa.svg": "usr/share/icons/hicolor/scalable/apps/kassa.svg",
        },
        depends=("passwd", "ca-certificates", *(need.package for need in develop.DESKTOP)),
        recommends=("gnome-keyring",),
        conffiles=(),
        says="cash register for Swedish clinics, and its verifier",
    ),
    "region": Package(
        name="kassa-region",
        programs=("kassa-region", "kassa-region-signer"),
        files={
            "region/kassa-region.service": "lib/systemd/system/kassa-region.service",
            "region/kassa-region-signer.service": "lib/systemd/system/kassa-region-signer.service",
            "region/kassa-region.default": "etc/default/kassa-region",
        },
        depends=("passwd",),
        recommends=("nginx | httpd",),
        conffiles=("/etc/default/kassa-region",),
        says="region server of the cash register Kassa",
    ),
}
_SCRIPTS = ("preinst", "postinst", "prerm", "postrm")


def pack(target: str, out: Path) -> Path:
    """Freeze `target`, pack it, and put the package into `out`; its path. Raises Stop."""
    for program in ("dpkg-deb", "dpkg-query", "ldconfig"):
        if shutil.which(program) is None:
            raise Stop(f"A .deb is built on Debian or Ubuntu: there is no {program} here.")
    folder = freeze.built(target)
    made, package = source.read(), PACKAGES[target]
    root = freeze.BUILD / "work" / target / "root"
    shutil.rmtree(root, ignore_errors=True)
    _lay_out(package, target, folder, root)
    _write_control(package, target, folder, made, root)
    _settle(root, made.made_s)
    architecture = _said("dpkg", "--print-architecture").strip()
    path = out / f"{package.name}_{made.version}_{architecture}.deb"
    out.mkdir(parents=True, exist_ok=True)
    develop.run_step(
        f"pack {path.name}",
        ["dpkg-deb", "--root-owner-group", "-Zzstd", "--build", str(root), str(path)],
        SOURCE_DATE_EPOCH=str(made.made_s),
    )
    return path


def _lay_out(package: Package, target: str, folder: Path, root: Path) -> None:
    """The files as they will lie on the machine."""
    place = root / "usr/lib" / package.name
    shutil.copytree(folder, place, symlinks=True)
    (root / "usr/bin").mkdir(parents=True)
    for program in package.programs:
        (root / "usr/bin" / program).symlink_to(f"../lib/{package.name}/{program}")
    for name, where in package.files.items():
        path = root / where
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(PARTS / name, path)
    documents = root / "usr/share/doc" / package.name
    documents.mkdir(parents=True)
    for name in _DOCUMENTS:
        shutil.copyfile(ROOT / "docs" / name, documents / name)
    shutil.copyfile(PARTS / "copyright", documents / "copyright")


def _write_control(package: Package, target: str, folder: Path, made: Source, root: Path) -> None:
    """DEBIAN/: who we are, what we need, what is done around installing, and the checksums dpkg asks for."""
    control = root / "DEBIAN"
    files = sorted(path for path in root.rglob("*") if path.is_file() and not path.is_symlink())
    sums = [f"{hashlib.md5(path.read_bytes()).hexdigest()}  {path.relative_to(root)}\n" for path in files]  # noqa: S324
    size_kib = sum((path.stat().st_size + 1023) // 1024 for path in files)
    control.mkdir()
    (control / "md5sums").write_text("".join(sums), encoding="utf-8")
    fields = {
        "Package": package.name,
        "Version": made.version,
        "Architecture": _said("dpkg", "--print-architecture").strip(),
        "Maintainer": "Kassa <kassa@localhost>",
        "Installed-Size": str(size_kib),
        "Depends": ", ".join(sorted({*package.depends, *linked(folder)})),
        "Recommends": ", ".join(package.recommends),
        "Section": "misc",
        "Priority": "optional",
        "Description": package.says,
    }
    (control / "control").write_text("".join(f"{name}: {text}\n" for name, text in fields.items()), encoding="utf-8")
    if package.conffiles:
        (control / "conffiles").write_text("".join(f"{name}\n" for name in package.conffiles), encoding="utf-8")
    for name in _SCRIPTS:
        if (PARTS / target / name).exists():
            shutil.copyfile(PARTS / target / name, control / name)


def _settle(root: Path, at_s: int) -> None:
    """Rights and times that no umask and no clock of the building machine has a hand in."""
    for path in [*root.rglob("*"), root]:
        if path.is_symlink():
            os.utime(path, (at_s, at_s), follow_symlinks=False)
            continue
        runs = path.is_dir() or path.name in _SCRIPTS or os.access(path, os.X_OK)
        path.chmod(0o755 if runs else 0o644)
        os.utime(path, (at_s, at_s))


def linked(folder: Path) -> set[str]:
    """The Debian packages of the libraries that the folder's files link to and that do not lie in it. Raises Stop."""
    files = [path for path in freeze.files_of(folder) if path.read_bytes()[:4] == b"\x7fELF"]
    here = {path.name for path in folder.rglob("*.so*")}
    wanted = set(_NEEDED.findall(_said("objdump", "-p", *map(str, files)))) - here - {_LOADER}
    places = dict(reversed(_CACHED.findall(_said("ldconfig", "-p"))))
    missing = sorted(name for name in wanted if name not in places)
    if missing:
        raise Stop(f"These libraries are linked to and not on this machine: {' '.join(missing)}")
    packages = {_owner(places[name]) for name in wanted}
    release = _said("dpkg-query", "-W", "-f=${Version}", "libc6").partition("-")[0]
    return {f"libc6 (>= {release})" if name == "libc6" else name for name in packages}


def _owner(path: str) -> str:
    """The package that a library is from; dpkg knows it by the path with /usr or the one without."""
    for name in _spellings(path):
        done = subprocess.run(["dpkg-query", "-S", name], capture_output=True, text=True, check=False)
        if done.returncode == 0:
            return done.stdout.partition(":")[0]
    raise Stop(f"No package has {path}: a .deb is built with the system's own libraries.")


def _spellings(path: str) -> Iterable[str]:
    for name in dict.fromkeys((path, os.path.realpath(path))):
        yield name
        yield name.removeprefix("/usr") if name.startswith("/usr/") else f"/usr{name}"


def _said(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True, env=develop.environment()).stdout
