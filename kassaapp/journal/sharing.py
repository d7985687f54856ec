"""A desk that several accounts of the computer use, one at a time (custody = "machine"): what one has written the next
can read and go on in, and nobody else can.

On Linux by the group `kassa`: the desk's folders belong to it and hand it on to what is made in them (setgid), and no
file is for others. On Windows the rights of the folder are inherited, and an installer sets them.
"""

import os
import stat
import sys
from contextlib import suppress
from pathlib import Path

GROUP = "kassa"
SHARED = "machine"
"""What the clinic file calls it."""
FOLDER_MODE = stat.S_ISGID | 0o770
FILE_MODE = 0o660
_MASK = 0o007


def use(custody: str) -> None:
    """For the rest of this program: what it makes is for the account and its group alike, and for nobody else. For
    desks of one account the computer's own rules stay."""
    if custody == SHARED and sys.platform != "win32":
        os.umask(_MASK)


def make_folder(folder: Path) -> None:
    """Make a folder of a shared desk, unless it is there, and give it to the group, where that exists. Raises
    OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    if sys.platform == "win32":
        return
    import grp
    import shutil

    with suppress(LookupError, PermissionError):
        shutil.chown(folder, group=grp.getgrnam(GROUP).gr_gid)
    with suppress(PermissionError):  # Another account's, who has seen to it.
        folder.chmod(FOLDER_MODE)


def is_shared(folder: Path) -> bool:
    """Whether what is made in the folder is for a whole group."""
    return sys.platform != "win32" and bool(folder.stat().st_mode & stat.S_ISGID)


def share(path: Path) -> None:
    """Let the group write a file of ours that was made with narrower rights, in a shared folder. SQLite makes its files
    so, and gives its write-ahead log the rights of the file."""
    if is_shared(path.parent):
        path.chmod(FILE_MODE)
