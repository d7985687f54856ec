"""Bare Debian systems in folders, each in a network namespace of its own, and the cable between them."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

ADDRESSES = {"clinic": "10.77.0.2", "region": "10.77.0.1"}


class Failed(Exception):
    """A step is not as it should be. Carries what was seen."""


@dataclass(frozen=True, slots=True)
class Done:
    """What a command ended with and said, both streams in order."""

    code: int
    text: str


@dataclass(frozen=True, slots=True)
class System:
    """A bare Debian in a folder, and the network namespace of its name."""

    name: str
    root: Path

    def line(self, *command: str, user: str = "", net: bool = True) -> list[str]:
        """The command line that runs a command there; `net` False: where this machine's own network is, for apt."""
        inside = ["runuser", "-u", user, "--", *command] if user else list(command)
        space = ["ip", "netns", "exec", netns(self.name)] if net else []
        return [*space, "chroot", str(self.root), "env", "-i", *environment(outside=not net), *inside]

    def run(self, *command: str, given: str = "", user: str = "", net: bool = True) -> Done:
        """Run a command there."""
        line = self.line(*command, user=user, net=net)
        done = subprocess.run(
            line, input=given, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
        )
        return Done(done.returncode, done.stdout)

    @contextmanager
    def running(self, *command: str, user: str = "") -> Iterator[subprocess.Popen[str]]:
        """A command that goes on there until the end of the block; it may be written to."""
        log = (self.root.parent / f"{self.name}-{Path(command[0]).name}.log").open("w", encoding="utf-8")
        process = subprocess.Popen(
            self.line(*command, user=user), stdin=subprocess.PIPE, stdout=log, stderr=log, text=True,
            start_new_session=True,
        )  # fmt: skip
        try:
            with log:
                yield process
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
            process.wait(30)

    def must(self, *command: str, given: str = "", user: str = "", net: bool = True) -> str:
        """The same, for what may not fail. Raises Failed."""
        done = self.run(*command, given=given, user=user, net=net)
        if done.code:
            raise Failed(f"{self.name}: {' '.join(command)} ended with {done.code}:\n{done.text}")
        return done.text

    def apt(self, *words: str) -> Done:
        """apt-get, unattended."""
        return self.run("apt-get", "-y", "-q", "--no-install-recommends", *words, net=False)

    def put(self, name: str, text: str, mode: int = 0o644) -> None:
        """Write a file there."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        path.chmod(mode)

    def take(self, path: Path) -> str:
        """Copy a file to /tmp there; its name there."""
        shutil.copy(path, self.root / "tmp" / path.name)
        return f"/tmp/{path.name}"  # noqa: S108


def environment(*, outside: bool) -> list[str]:
    """What a program there finds: a path, a language, and for apt this machine's way out."""
    passed = ("http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY") if outside else ()
    way = [f"{name}={os.environ[name]}" for name in passed if name in os.environ]
    return ["PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8", "HOME=/root", "DEBIAN_FRONTEND=noninteractive", *way]


def netns(name: str) -> str:
    """The name of a system's network namespace."""
    return f"kassa-{name}"


@contextmanager
def bare_system(folder: Path, name: str) -> Iterator[System]:
    """A fresh copy of the bare base, with what a running system has mounted."""
    base, root = folder / "base", folder / name
    if not (folder / "base.done").exists():
        make_base(base)
        (folder / "base.done").touch()
    unmount(root)
    shutil.rmtree(root, ignore_errors=True)
    must(["cp", "-a", str(base), str(root)])
    for kind, where in (("proc", "proc"), ("sysfs", "sys"), ("tmpfs", "dev/shm"), ("tmpfs", "run")):
        must(["mount", "-t", kind, kind, str(root / where)])
    try:
        yield System(name, root)
    finally:
        unmount(root)


def make_base(base: Path) -> None:
    """debootstrap's least system, and this machine's sources and certificates for apt."""
    say("        debootstrap")
    shutil.rmtree(base, ignore_errors=True)
    sources = Path("/etc/apt/sources.list.d/debian.sources")
    mirror = re.search(r"^URIs: *(\S+)", sources.read_text(), re.MULTILINE)
    assert mirror is not None
    must(["debootstrap", "--variant=minbase", "bookworm", str(base), mirror[1]])
    shutil.copy(sources, base / "etc/apt/sources.list.d/")
    (base / "etc/apt/sources.list").write_text("")
    for name in ("etc/resolv.conf", "etc/hosts"):
        shutil.copy(f"/{name}", base / name)
    must(["chroot", str(base), "apt-get", "clean"])


def unmount(root: Path) -> None:
    """Take away what `bare_system` mounted."""
    for where in ("run", "dev/shm", "sys", "proc"):
        subprocess.run(["umount", "-l", str(root / where)], capture_output=True, check=False)


@contextmanager
def cable() -> Iterator[None]:
    """A namespace for each system, and a pair of interfaces between them."""
    for name in ADDRESSES:
        subprocess.run(["ip", "netns", "del", netns(name)], capture_output=True, check=False)
        must(["ip", "netns", "add", netns(name)])
    try:
        ends = [("clinic", "kassa0"), ("region", "kassa1")]
        must(["ip", "link", "add", "kassa0", "netns", netns("clinic"), "type", "veth", "peer", "kassa1", "netns",
              netns("region")])  # fmt: skip
        for name, end in ends:
            must(["ip", "-n", netns(name), "addr", "add", f"{ADDRESSES[name]}/24", "dev", end])
            must(["ip", "-n", netns(name), "link", "set", "lo", "up"])
        plug("up")
        yield
    finally:
        for name in ADDRESSES:
            subprocess.run(["ip", "netns", "del", netns(name)], capture_output=True, check=False)


def plug(state: str) -> None:
    """The cable in ("up") or out ("down")."""
    must(["ip", "-n", netns("region"), "link", "set", "kassa1", state])
    must(["ip", "-n", netns("clinic"), "link", "set", "kassa0", state])


def must(command: list[str]) -> str:
    """What a command of this machine says. Raises Failed when it fails."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode:
        raise Failed(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout[-4000:]}")
    return done.stdout


def say(text: str) -> None:
    """One line, at once."""
    print(text, flush=True)  # noqa: T201 - run by hand, for who reads it


def step(holds: bool, what: str, seen: str) -> None:
    """Tell a step that is OK. Raises Failed, with what was seen, when it is not."""
    if not holds:
        raise Failed(f"{what}\n{seen}")
    say(f"OK      {what}")
