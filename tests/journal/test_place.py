"""A journal lies on this machine's own disk, where no other program copies it; a second medium may lie on a share.

    python -m tests.journal.test_place FOLDER

A child in a mount namespace of its own: puts file systems on top of each other below FOLDER, and prints as JSON for
some paths which one we take them to lie on, and which one the kernel says.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest

from kassaapp import demo
from kassaapp.app import Desk
from kassaapp.journal import place
from kassaapp.journal.place import Machine
from kassaapp.trouble import UnsuitablePlace
from tests.desks import a_clock

ROOT = Path(__file__).parents[2]
MOUNTS = """\
22 27 0:21 / /proc rw,relatime - proc proc rw
27 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw,discard
40 27 0:50 / /home rw,relatime shared:2 master:3 - {home} server:/home rw
41 40 254:0 /data /home/anna/kassa rw - ext4 /dev/vda rw
42 27 0:51 / /mnt/clinic\\040share rw - cifs //server/share rw
43 27 0:52 / /mnt/h rw - nfs4 server:/h rw
44 27 254:1 / /mnt rw - xfs /dev/vdb rw
45 27 254:2 / /stick rw - vfat /dev/sdb1 rw
46 45 0:53 / /stick rw - 9p host rw
"""
"""A machine whose homes are on a server but for one folder, and where a disk was put over two shares below /mnt."""


def linux(home: str = "nfs4", **environment: str) -> Machine:
    return Machine("linux", MOUNTS.format(home=home), environment)


def why_not(path: Path, machine: Machine) -> str:
    """Why a journal may not lie there; nothing when it may."""
    try:
        place.require_local(path, machine)
    except UnsuitablePlace as unsuitable:
        return unsuitable.why
    return ""


# ── Network ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", "ext4"),
        ("/var/lib/kassa", "ext4"),
        ("/homeless", "ext4"),
        ("/home", "nfs4"),
        ("/home/erik/kassa", "nfs4"),
        ("/home/anna/kassa/H", "ext4"),
        ("/mnt/clinic share/kassa", "xfs"),
        ("/mnt/h", "xfs"),
        ("/stick/kassa", "9p"),
    ],
)
def test_a_path_lies_on_the_mount_that_is_seen_there(path: str, kind: str) -> None:
    assert place.file_system(PurePosixPath(path), MOUNTS.format(home="nfs4")) == kind


@pytest.mark.parametrize(
    "kind",
    [
        *("nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "glusterfs", "lustre", "davfs", "virtiofs"),
        *("fuse", "fuse.sshfs", "fuse.davfs2", "fuse.glusterfs", "fuse.rclone", "fuse.onedriver", "fuse.gvfsd-fuse"),
    ],
)
def test_a_file_system_of_other_machines_is_refused(kind: str) -> None:
    assert why_not(Path("/home/erik/kassa"), linux(kind)) == "network"


@pytest.mark.parametrize("kind", ["ext4", "xfs", "btrfs", "zfs", "f2fs", "overlay", "tmpfs", "fuseblk", "fuse.ntfs-3g"])
def test_a_file_system_of_this_machine_is_not(kind: str) -> None:
    assert why_not(Path("/home/erik/kassa"), linux(kind)) == ""


@pytest.mark.parametrize("mounts", ["", "\n", "no such lines as these", "1 2 3 - \n - - -\n"])
def test_a_machine_that_does_not_tell_is_believed(mounts: str) -> None:
    assert why_not(Path("/var/lib/kassa"), Machine("linux", mounts)) == ""


def test_a_link_is_followed_to_where_it_leads(tmp_path: Path) -> None:
    (tmp_path / "share").mkdir()
    (tmp_path / "own").symlink_to(tmp_path / "share")
    mounts = f"1 0 1:1 / / rw - ext4 disk rw\n2 1 1:2 / {tmp_path.resolve()}/share rw - cifs //server/share rw\n"
    machine = Machine("linux", mounts)

    assert why_not(tmp_path / "own" / "not yet there", machine) == "network"
    assert why_not(tmp_path / "other", machine) == ""


MAC = """\
/dev/disk3s1s1 on / (apfs, sealed, local, read-only, journaled)
/dev/disk3s5 on /System/Volumes/Data (apfs, local, journaled, nobrowse)
//anna@server/share on /Volumes/Klinik (smbfs, nodev, nosuid, mounted by anna)
map auto_home on /System/Volumes/Data/home (autofs, automounted, nobrowse)
"""


@pytest.mark.parametrize(
    ("path", "remote"),
    [
        ("/Users/anna", False),
        ("/System/Volumes/Data/kassa", False),
        ("/Volumes/Klinik/kassa", True),
        ("/Volumes", False),
    ],
)
def test_a_macintosh_says_which_volumes_are_its_own(path: str, remote: bool) -> None:
    assert place.lies_on_network(PurePosixPath(path), Machine("darwin", MAC)) is remote


@pytest.mark.parametrize(
    ("path", "remote"),
    [
        (r"C:\ProgramData\Kassa", False),
        (r"\\?\C:\ProgramData\Kassa", False),
        (r"H:\Kassa", True),
        (r"h:\Kassa", True),
        (r"\\?\H:\Kassa", True),
        (r"\\server\share\Kassa", True),
        (r"\\?\UNC\server\share\Kassa", True),
        (r"//server/share/Kassa", True),
    ],
)
def test_windows_says_which_drives_are_its_own(path: str, remote: bool) -> None:
    machine = Machine("win32", drive_type=lambda root: place.DRIVE_REMOTE if root.upper() == "H:\\" else 3)

    assert place.lies_on_network(PureWindowsPath(path), machine) is remote


# ── Synchronised ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("variable", ["OneDrive", "OneDriveCommercial", "OneDriveConsumer"])
def test_what_onedrive_says_it_synchronises_is_refused(tmp_path: Path, variable: str) -> None:
    machine = linux("ext4", **{variable: str(tmp_path / "Moln")})

    assert why_not(tmp_path / "Moln" / "kassa", machine) == "synchronised"
    assert why_not(tmp_path / "Molnet" / "kassa", machine) == ""


@pytest.mark.parametrize("said", ["", ".", "kassa"])
def test_a_variable_that_names_no_place_is_passed_over(tmp_path: Path, said: str) -> None:
    assert why_not(tmp_path, linux("ext4", OneDrive=said)) == ""


def test_what_is_registered_with_windows_is_refused(tmp_path: Path) -> None:
    machine = Machine("linux", sync_roots=(str(tmp_path / "Region Skåne"),))

    assert why_not(tmp_path / "Region Skåne" / "Kassan - Dokument", machine) == "synchronised"


@pytest.mark.parametrize(("variable", "folder"), [("HOME", ".dropbox"), ("APPDATA", "Dropbox")])
def test_where_dropbox_says_it_is_is_refused(tmp_path: Path, variable: str, folder: str) -> None:
    (tmp_path / folder).mkdir()
    note = {"personal": {"path": str(tmp_path / "Lådan"), "host": 1}, "business": {"path": 5}}
    (tmp_path / folder / "info.json").write_text(json.dumps(note), encoding="utf-8")
    machine = linux("ext4", **{variable: str(tmp_path)})

    assert why_not(tmp_path / "Lådan" / "kassa", machine) == "synchronised"
    assert why_not(tmp_path / "kassa", machine) == ""


@pytest.mark.parametrize("note", ["", "{", "[]", "7", '{"personal": "x"}', '{"personal": {"path": null}}'])
def test_a_note_of_dropbox_that_says_nothing_is_passed_over(tmp_path: Path, note: str) -> None:
    (tmp_path / ".dropbox").mkdir()
    (tmp_path / ".dropbox" / "info.json").write_text(note, encoding="utf-8")

    assert why_not(tmp_path / "kassa", linux("ext4", HOME=str(tmp_path))) == ""


@pytest.mark.parametrize("name", [".sync_5f1ad.db", "._sync_5f1ad.db", ".owncloudsync.log", ".dropbox"])
def test_a_file_that_a_synchronising_program_leaves_at_the_top_gives_it_away(tmp_path: Path, name: str) -> None:
    (tmp_path / "top" / "below").mkdir(parents=True)
    (tmp_path / "top" / name).touch()

    assert why_not(tmp_path / "top" / "below" / "kassa", linux("ext4")) == "synchronised"
    assert why_not(tmp_path / "beside", linux("ext4")) == ""


@pytest.mark.parametrize("name", [".dropbox.cache", ".tmp.driveupload", ".shortcut-targets-by-id", ".stfolder"])
def test_a_folder_that_it_leaves_there_does_too(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()

    assert why_not(tmp_path / "kassa", linux("ext4")) == "synchronised"


def test_a_home_with_dropbox_settings_is_not_synchronised_itself(tmp_path: Path) -> None:
    (tmp_path / ".dropbox").mkdir()

    assert why_not(tmp_path / "kassa", linux("ext4")) == ""


@pytest.mark.parametrize(
    "name",
    [
        *("OneDrive", "OneDrive - Region Skåne", "Dropbox", "Dropbox (Ekbacken)", "Google Drive", "GoogleDrive"),
        *("iCloudDrive", "Library/Mobile Documents", "Library/CloudStorage/Box-Box", "Nextcloud", "Nextcloud2"),
        "ownCloud",
    ],
)
def test_the_name_it_has_at_first_gives_it_away(tmp_path: Path, name: str) -> None:
    assert why_not(tmp_path / name / "kassa", linux("ext4")) == "synchronised"


@pytest.mark.parametrize("name", ["nextcloud", "OneDrives", "Dropboxes", "kassa", "Documents"])
def test_a_name_that_is_only_like_it_is_none(tmp_path: Path, name: str) -> None:
    assert why_not(tmp_path / name / "kassa", linux("ext4")) == ""


# ── This machine ─────────────────────────────────────────────────────────────────────────────────


def test_this_machines_own_disk_will_do(tmp_path: Path) -> None:
    place.require_local(tmp_path / "till")

    if sys.platform == "linux":
        assert place.file_system(tmp_path.resolve(), place.this_machine().mounts) != ""


def test_a_desk_is_not_enrolled_in_a_synchronised_folder(tmp_path: Path) -> None:
    (tmp_path / ".sync_5f1ad.db").touch()

    with pytest.raises(UnsuitablePlace):
        demo.enrol(tmp_path / "till", now=a_clock())

    assert not (tmp_path / "till").exists()


def test_a_second_medium_may_lie_on_a_share(tmp_path: Path) -> None:
    till, share = tmp_path / "till", tmp_path / "OneDrive"
    share.mkdir()
    demo.enrol(till, now=a_clock(), tills=("H",))
    clinic_file = till / "clinic.toml"
    clinic_file.write_text(f'{clinic_file.read_text(encoding="utf-8")}second_medium = "{share}"\n', encoding="utf-8")

    with Desk.open(till, a_clock()) as desk:
        assert desk.trouble_at_start == ()

    assert (share / "R0417H.kj").exists()


@pytest.fixture(scope="module")
def layered(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """What the child of this module prints."""
    unshare = shutil.which("unshare")
    if unshare is None or subprocess.run([unshare, "-rm", "true"], capture_output=True, check=False).returncode:
        pytest.skip("no mount namespaces here")
    folder = tmp_path_factory.mktemp("layers of mounts")
    command = [unshare, "-rm", sys.executable, "-m", "tests.journal.test_place", str(folder)]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    found: dict[str, list[str]] = json.loads(ended.stdout)
    return found


def test_the_kernel_agrees_on_which_mount_a_path_lies(layered: dict[str, list[str]]) -> None:
    assert {path: ours for path, (ours, _) in layered.items()} == {
        path: kernel for path, (_, kernel) in layered.items()
    }
    assert [ours for ours, _ in layered.values()] == ["tmpfs", "overlay", "proc", "tmpfs", "tmpfs", "tmpfs"]


def main(folder: Path) -> dict[str, list[str]]:
    """Mount one on the other; for each place what we say and what the kernel says."""
    below = folder / "below"
    below.mkdir()
    _mount("-t", "tmpfs", "tmpfs", below)
    for name in ("lower", "upper", "work", "merged", "p c", "bound"):
        (below / name).mkdir()
    os.chdir(below)
    _mount("-t", "overlay", "overlay", "-o", "lowerdir=lower,upperdir=upper,workdir=work", below / "merged")
    _mount("--rbind", "/proc", below / "p c")
    _mount("--bind", below / "upper", below / "bound")
    places = [below / "lower", below / "merged", below / "p c", below / "bound"]
    found = {str(path): [place.file_system(path, place.this_machine().mounts), _kernel(path)] for path in places}
    covered = folder / "covered"
    (covered / "inner").mkdir(parents=True)
    _mount("--rbind", "/proc", covered / "inner")
    _mount("-t", "tmpfs", "tmpfs", covered)
    (covered / "inner").mkdir()
    for path in (covered, covered / "inner"):
        found[str(path)] = [place.file_system(path, place.this_machine().mounts), _kernel(path)]
    return found


def _mount(*arguments: str | Path) -> None:
    subprocess.run(["mount", *map(str, arguments)], check=True)


def _kernel(path: Path) -> str:
    """The type of the mount that an open folder lies on (proc(5), fdinfo)."""
    folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        said = dict(line.split(":\t") for line in Path(f"/proc/self/fdinfo/{folder}").read_text().splitlines())
    finally:
        os.close(folder)
    lines = Path("/proc/self/mountinfo").read_text().splitlines()
    return next(line.split(" - ")[1].split(" ")[0] for line in lines if line.startswith(f"{said['mnt_id']} "))


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(Path(sys.argv[1]))) + "\n")
