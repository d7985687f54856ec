"""Where a journal may lie: on a disk of this machine, in a folder that no other program copies elsewhere (RECORDS 2.5).

On a network drive another machine may write to the same file, locks are kept or not, and what was synced may be lost;
a program that synchronises a folder copies a database while it is written to, and puts old copies back. Both are
refused before a journal is begun and each time one is opened. The second medium may lie on a share: it is only appended
to, and its loss is a warning.

What synchronises a folder is known by what it says itself (environment, registry, Dropbox' note), by the files it keeps
at the top of the folder, and by the name its folder has unless somebody chose another.
"""

import fnmatch
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path, PurePath, PureWindowsPath

from kassaapp.trouble import UnsuitablePlace

DRIVE_REMOTE = 4
"""What GetDriveTypeW says of a network drive."""
_NETWORK = re.compile(
    r"nfs\d?|cifs|smb\w*|ncp\w*|9p|afs|coda|ceph|gluster\w*|lustre|gpfs|beegfs|orangefs|pvfs2|gfs2|ocfs2|davfs\d?"
    r"|virtiofs|vboxsf|vmhgfs|prl_fs|fuse(\..+)?"
)
"""File systems that another machine may write to: on a network, shared by a cluster, or lent by a host."""
_LOCAL_FUSE = {"fuse.ntfs-3g", "fuse.ntfs", "fuse.exfat", "fuse.exfat-fuse"}
"""Programs that read a disk of this machine. Of any other it is not known what lies behind it."""
_FOLDER_VARIABLES = ("OneDrive", "OneDriveCommercial", "OneDriveConsumer")
_DROPBOX_NOTES = {"HOME": ".dropbox", "USERPROFILE": ".dropbox", "APPDATA": "Dropbox", "LOCALAPPDATA": "Dropbox"}
_MARKER_FILES = (".sync_*.db", "._sync_*.db", ".csync_journal.db", ".owncloudsync.log", ".dropbox")
"""Nextcloud's and ownCloud's journals and log, and Dropbox' mark. A *folder* .dropbox is its settings at home."""
_MARKER_FOLDERS = (".dropbox.cache", ".tmp.drivedownload", ".tmp.driveupload", ".shortcut-targets-by-id", ".stfolder")
"""Dropbox, Google Drive (mirrored, mirrored, streamed) and Syncthing."""
_NAMES = re.compile(
    r"OneDrive( - .+)?|Dropbox( \(.+\))?|Google ?Drive|iCloud ?Drive|Nextcloud\d*|ownCloud\d*"
    r"|CloudStorage|Mobile Documents"
)
"""How these folders are named at first; the last two are where macOS keeps all of them."""
_ESCAPED = re.compile(r"\\([0-7]{3})")


@dataclass(frozen=True)
class Machine:
    """What the operating system says of its disks and folders; tests bring their own.

    `mounts` is /proc/self/mountinfo on Linux and what `mount` prints on macOS; `drive_type` is GetDriveTypeW;
    `sync_roots` are the folders that programs have told Windows they synchronise."""

    system: str = sys.platform
    mounts: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)
    sync_roots: tuple[str, ...] = ()
    drive_type: Callable[[str], int] = lambda _root: 0


def require_local(path: Path, machine: Machine | None = None) -> None:
    """Refuse a folder, or a file with its folder, where a journal may not lie. It need not exist yet; what links in it
    lead to is what counts. Raises UnsuitablePlace."""
    there = path.resolve()
    facts = this_machine() if machine is None else machine
    if lies_on_network(there, facts):
        raise UnsuitablePlace("network")
    if is_synchronised(there, facts):
        raise UnsuitablePlace("synchronised")


def this_machine() -> Machine:
    """The machine we run on, as it is now."""
    return Machine(
        mounts=_mounts(), environment=os.environ, sync_roots=tuple(_registered_roots()), drive_type=_drive_type
    )


# ── Network ──────────────────────────────────────────────────────────────────────────────────────


def lies_on_network(there: PurePath, machine: Machine) -> bool:
    """Whether the path, with no link left in it, lies on a file system that another machine may write to."""
    match machine.system:
        case "win32":
            return _is_network_drive(PureWindowsPath(there), machine.drive_type)
        case "darwin":
            return _is_mounted_from_afar(there, machine.mounts)
        case _:
            kind = file_system(there, machine.mounts)
            return _NETWORK.fullmatch(kind) is not None and kind not in _LOCAL_FUSE


@dataclass(frozen=True)
class _Mount:
    id: str
    parent: str
    point: str
    kind: str


def file_system(there: PurePath, mountinfo: str) -> str:
    """The type of the file system that a path lies on, by the text of /proc/self/mountinfo (proc(5)); "" if unknown.

    Walks as the kernel does: a mount is seen from the mount it was put on, so one that is covered by another, or lies
    below one that is, is not reached."""
    mounts = [mount for line in mountinfo.splitlines() if (mount := _mount(line)) is not None]
    ids = {mount.id for mount in mounts}
    on: dict[tuple[str, str], _Mount] = {
        (mount.parent if mount.parent in ids else "", mount.point): mount for mount in mounts
    }
    here, kind = "", ""
    for folder in reversed((there, *there.parents)):
        while (mounted := on.pop((here, str(folder)), None)) is not None:
            here, kind = mounted.id, mounted.kind
    return kind


def _mount(line: str) -> _Mount | None:
    before, dash, after = line.partition(" - ")
    fields = before.split(" ")
    if not dash or len(fields) < 6:
        return None
    return _Mount(fields[0], fields[1], _ESCAPED.sub(_unescaped, fields[4]), after.split(" ")[0])


def _unescaped(found: re.Match[str]) -> str:
    return chr(int(found[1], 8))


def _is_mounted_from_afar(there: PurePath, printed: str) -> bool:
    """By what `mount` prints on macOS, `SOURCE on POINT (TYPE, local, …)`; the longest point that fits counts."""
    best, is_local = "", True
    for line in printed.splitlines():
        found = re.fullmatch(r".* on (/.*) \(([^()]*)\)", line)
        if found is not None and there.is_relative_to(found[1]) and len(found[1]) >= len(best):
            best, is_local = found[1], "local" in found[2].split(", ")
    return not is_local


def _is_network_drive(there: PureWindowsPath, drive_type: Callable[[str], int]) -> bool:
    drive = there.drive.removeprefix("\\\\?\\").removeprefix("\\\\.\\")
    if drive.startswith("\\\\") or drive.upper().startswith("UNC"):
        return True
    return bool(drive) and drive_type(f"{drive}\\") == DRIVE_REMOTE


# ── Synchronised ─────────────────────────────────────────────────────────────────────────────────


def is_synchronised(there: Path, machine: Machine) -> bool:
    """Whether a program that copies folders elsewhere has this one, as far as can be seen."""
    if any(there.is_relative_to(root) for root in _sync_roots(machine)):
        return True
    folders = (there, *there.parents)
    return any(_NAMES.fullmatch(folder.name) for folder in folders) or any(_has_marker(folder) for folder in folders)


def _sync_roots(machine: Machine) -> Iterator[Path]:
    said = [machine.environment.get(name, "") for name in _FOLDER_VARIABLES]
    for text in (*said, *machine.sync_roots, *_dropbox_folders(machine.environment)):
        if text and Path(text).is_absolute():
            yield Path(text).resolve()


def _dropbox_folders(environment: Mapping[str, str]) -> Iterator[str]:
    """Where Dropbox says that its folders are."""
    for variable, folder in _DROPBOX_NOTES.items():
        if not environment.get(variable):
            continue
        try:
            note = json.loads(Path(environment[variable], folder, "info.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue
        for account in note.values() if isinstance(note, dict) else ():
            if isinstance(account, dict) and isinstance(account.get("path"), str):
                yield account["path"]


def _has_marker(folder: Path) -> bool:
    try:
        with os.scandir(folder) as entries:
            return any(_is_marker(entry) for entry in entries if entry.name.startswith("."))
    except OSError:  # Not there yet, a file, or not ours to look into.
        return False


def _is_marker(entry: os.DirEntry[str]) -> bool:
    names = _MARKER_FOLDERS if entry.is_dir() else _MARKER_FILES
    return any(fnmatch.fnmatchcase(entry.name, name) for name in names)


# ── What the operating system says ───────────────────────────────────────────────────────────────


def _mounts() -> str:
    said = ""
    if sys.platform == "darwin":
        said = subprocess.run(["/sbin/mount"], capture_output=True, text=True, check=False).stdout
    if sys.platform == "linux":
        with suppress(OSError):
            said = Path("/proc/self/mountinfo").read_text(encoding="utf-8", errors="surrogateescape")
    return said


def _drive_type(root: str) -> int:
    kind = 0
    if sys.platform == "win32":
        import ctypes

        kind = int(ctypes.windll.kernel32.GetDriveTypeW(root))
    return kind


def _registered_roots() -> Iterator[str]:
    """The folders of OneDrive and others, as they are registered with Windows' cloud files, for every user."""
    if sys.platform == "win32":
        import winreg

        place = r"SOFTWARE\Microsoft\Windows\CurrentVersion\Explorer\SyncRootManager"
        try:
            with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, place) as providers:
                for number in range(winreg.QueryInfoKey(providers)[0]):
                    provider = winreg.EnumKey(providers, number)
                    with winreg.OpenKey(providers, rf"{provider}\UserSyncRoots") as users:
                        for user in range(winreg.QueryInfoKey(users)[1]):
                            yield str(winreg.EnumValue(users, user)[1])
        except OSError:  # No program has registered any.
            return
    else:
        yield from ()
