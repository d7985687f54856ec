"""The ledger key and the signed head leave the server's folder for the signer's own, once in a region's life.

Stop the servers first. Copies are made and synced before the server is told where the signer is, and only then are the
originals removed; whatever interrupts it, giving the command again ends it. The folder then belongs to the account that
the signer shall run under, and to nobody else.
"""

import tomllib
from dataclasses import dataclass, replace
from pathlib import Path

from sync.server import keys, settings
from sync.server.errors import RegionError
from sync.server.settings import HEAD_FILE, Settings
from sync.server.signer.ledger_signer import LedgerSigner

SETTINGS_FILE = "signer.toml"


class AlreadyMoved(RegionError):
    """The region has a signer of its own already, somewhere else."""


@dataclass(frozen=True, slots=True)
class SignerFolder:
    """What the signer's process needs, in a folder of its own: the ledger's name, its key, what it signed last."""

    folder: Path
    origin: str
    socket: Path

    @classmethod
    def load(cls, folder: Path) -> "SignerFolder":
        """Read FOLDER/signer.toml. Raises FileNotFoundError when nothing was moved there."""
        value = tomllib.loads((folder / SETTINGS_FILE).read_text(encoding="utf-8"))
        return cls(folder, value["origin"], Path(value["socket"]))

    def signer(self) -> LedgerSigner:
        """The signer. Raises FileNotFoundError when its key or its memory is missing: it would sign anything."""
        made = LedgerSigner(self.folder / HEAD_FILE, self.origin, keys.signer(self.folder, "ledger"))
        made.last()
        return made


def move(region: Path, folder: Path, socket: Path) -> SignerFolder:
    """Move the ledger key and the signed head of the region to `folder`, and have the region ask at `socket`.

    Raises FileNotFoundError when there is no region, AlreadyMoved when its signer is at another socket.
    """
    chosen = settings.load(region)
    if chosen.signer not in (None, socket):
        raise AlreadyMoved(f"the region's signer is at {chosen.signer}")
    moved = SignerFolder(folder, chosen.origin, socket)
    if chosen.signer is None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for source in _leaving(chosen):
            _copy(source, folder / source.name)
        _put(folder / SETTINGS_FILE, settings.toml({"origin": moved.origin, "socket": str(socket)}))
        replace(chosen, signer=socket).save_again()
    moved.signer()
    for source in _leaving(chosen):
        source.unlink(missing_ok=True)
    return moved


def _leaving(chosen: Settings) -> tuple[Path, Path]:
    return chosen.keys / "ledger.key", chosen.signed_head


def _copy(source: Path, target: Path) -> None:
    _put(target, source.read_bytes())


def _put(target: Path, data: bytes) -> None:
    """Write a private file; what an interrupted move has left is replaced."""
    target.unlink(missing_ok=True)
    settings.write_private(target, data)
    settings.sync_folder(target.parent)
