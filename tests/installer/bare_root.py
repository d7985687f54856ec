"""The whole life of a till on a bare Debian 12, from nothing: install, enrol, sell, upgrade, remove, verify.

    python3 tests/installer/bare_root.py [--folder DIR]

Run by hand, as root, on a Debian 12 with debootstrap and iproute2; about fifteen minutes, most of them for four builds.
It prints a line for each step, and ends with 0 when every step is OK, at the first that is not with 1. Not in the gate.

Two bare systems (debootstrap, minbase) stand in two network namespaces with a cable between them and nothing else:
`clinic` with the till's package, `region` with the region's package and nginx before it, by the very lines that
docs/OPERATING.md gives. The till reaches the region over that cable, by name, through TLS with a certificate of the
region's own authority, or not at all; pulled out, nothing is enrolled.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:1] = [str(ROOT)]

from installer import develop  # noqa: E402
from tests.installer.bare_system import (  # noqa: E402
    ADDRESSES,
    Failed,
    System,
    bare_system,
    cable,
    must,
    plug,
    say,
    step,
)

HOST = "region.kassa.example"
DATA = "var/lib/kassa"
CLINIC, REGISTER = "ekbacken", "R0417"
SIGN_IN = {"do": "sign_in", "user": "anber", "pin": "123456"}
OPEN = {"do": "open_session", "till": "H", "counted_ore": 100_000}
SELL = {
    "do": "sell",
    "till": "H",
    "patient": {"id": "6101182803", "name": "Test Testsson"},
    "lines": [{"article": 1}],
    "pay": [{"by": "card"}],
}
SYNC, STATUS = {"do": "sync"}, {"do": "status"}


def main() -> int:
    """All steps; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, default=Path("/var/tmp/kassa-bare"))  # noqa: S108
    parser.add_argument(
        "--keep", action="store_true", help="take the packages of the run before, for work on this file"
    )
    chosen = parser.parse_args()
    begun_s = time.monotonic()
    try:
        with ExitStack() as leaving:
            play(chosen.folder, leaving, keep=chosen.keep)
    except Failed as failed:
        say(f"FAILED  {failed}")
        return 1
    say(f"ALL OK  {time.monotonic() - begun_s:.0f} s")
    return 0


def play(folder: Path, leaving: ExitStack, *, keep: bool) -> None:
    """The steps, in order. Raises Failed."""
    packages = kept(folder) if keep else built(folder)
    region, clinic = (leaving.enter_context(bare_system(folder, name)) for name in ("region", "clinic"))
    leaving.enter_context(cable())
    root_key, code = region_begins(region, packages["region"])
    leaving.enter_context(region_answers(region))
    installs(clinic, packages["till"], region)
    enrols(clinic, folder, root_key, code)
    sells(clinic)
    upgrades(clinic, packages["newer"])
    closes(clinic, region)
    removes(clinic)
    verifies(clinic, region, root_key)


# ── Building ─────────────────────────────────────────────────────────────────────────────────────


def built(folder: Path) -> dict[str, Path]:
    """The packages of this commit, of the till twice and in two places, and of a newer version of the till."""
    head = must(["git", "-C", str(ROOT), "rev-parse", "HEAD"]).strip()
    here, there = (checkout(folder / name, head) for name in ("one", "two"))
    first, second = (build(tree, "deb", "till") for tree in (here, there))
    sums = [next((tree / "build/frozen").glob("kassa-*/SHA256SUMS")) for tree in (here, there)]
    same = sums[0].read_bytes() == sums[1].read_bytes()
    listed = len(sums[0].read_text().splitlines())
    step(same, f"two builds of {head[:12]} in two places list the same {listed} hashes", differing(*sums))
    step(first.read_bytes() == second.read_bytes(), f"and are one package: {first.name}", str(second))
    step(not dirty(here), "the builds left their checkouts as they were", "")
    return {"till": first, "region": build(here, "deb", "region"), "newer": build(bumped(there), "deb", "till")}


def kept(folder: Path) -> dict[str, Path]:
    """What `built` left."""
    tills = sorted([*(folder / "one/dist").glob("kassa_*.deb"), *(folder / "two/dist").glob("kassa_*.deb")])
    return {"till": tills[0], "region": next((folder / "one/dist").glob("kassa-region_*.deb")), "newer": tills[-1]}


def checkout(folder: Path, commit: str) -> Path:
    """A fresh clone at `commit`."""
    shutil.rmtree(folder, ignore_errors=True)
    must(["git", "clone", "-q", "--no-hardlinks", str(ROOT), str(folder)])
    must(["git", "-C", str(folder), "checkout", "-q", commit])
    return folder


def bumped(tree: Path) -> Path:
    """The same program, committed as a version that is one higher."""
    marked = tree / "kassaapp/__init__.py"
    text = marked.read_text(encoding="utf-8")
    number = re.search(r'^VERSION = "(\d+)\.(\d+)', text, re.MULTILINE)
    assert number is not None
    higher = f'VERSION = "{number[1]}.{int(number[2]) + 1}.0"'
    marked.write_text(re.sub(r"^VERSION = .*$", higher, text, flags=re.MULTILINE), encoding="utf-8")
    who = ["-c", "user.name=Kassa", "-c", "user.email=kassa@localhost"]
    must(["git", "-C", str(tree), *who, "commit", "-qam", "kassaapp: a higher version"])
    return tree


def build(tree: Path, *words: str) -> Path:
    """What `installer/build.py` says it has made, as the last line."""
    say(f"        building {' '.join(words)} in {tree}")
    return Path(must([sys.executable, str(tree / "installer/build.py"), *words]).strip().splitlines()[-1])


def dirty(tree: Path) -> str:
    """What git would say has changed."""
    return must(["git", "-C", str(tree), "status", "--porcelain"])


def differing(one: Path, other: Path) -> str:
    """The lines that two lists of hashes do not share."""
    return "\n".join(sorted(set(one.read_text().splitlines()) ^ set(other.read_text().splitlines())))


# ── The region ───────────────────────────────────────────────────────────────────────────────────

REGION = "/var/lib/kassa-region"
AS_REGION = "kassa-region"


def region_begins(region: System, package: Path) -> tuple[str, str]:
    """Install and found it, publish prices, order codes; its root key, and the table with the codes."""
    region.must("apt-get", "-q", "update", net=False)
    done = region.apt("install", region.take(package), "nginx-light", "openssl")
    step(done.code == 0, f"the region's package installs from nothing: {package.name}", done.text)
    said = region.must("kassa-region", "init", REGION, "--region", "Region Prov", user=AS_REGION)
    root_key = re.search(r"root key: (\S+)", said)
    prices = region.take(ROOT / "resources/demo/demo.toml")
    region.must("kassa-region", "publish", REGION, prices, user=AS_REGION)
    region.put("srv/table.csv", f"clinic;register;desk;tills;custody\n{CLINIC};{REGISTER};Reception 1;H;machine\n")
    table = region.must("kassa-region", "register", "new", REGION, "--table", "/srv/table.csv", user=AS_REGION)
    step(root_key is not None, "a region is founded, prices are published, a table of codes is ordered", said)
    assert root_key is not None
    return root_key[1], table


@contextmanager
def region_answers(region: System) -> Iterator[None]:
    """The server as its unit starts it, and nginx before it as OPERATING.md says."""
    unit = (region.root / "lib/systemd/system/kassa-region.service").read_text(encoding="utf-8")
    wanted = dict(re.findall(r"^(User|ExecStart|EnvironmentFile)=-?(.*)$", unit, re.MULTILINE))
    certify(region)
    front = re.search(r"^server \{\n.*?^\}\n", (ROOT / "docs/OPERATING.md").read_text(), re.MULTILINE | re.DOTALL)
    assert front is not None
    region.must("rm", "-f", "/etc/nginx/sites-enabled/default")
    region.put("etc/nginx/conf.d/kassa.conf", front[0].replace("region.example", HOST))
    starts = f". {wanted['EnvironmentFile']}; exec {wanted['ExecStart']}"
    with region.running("sh", "-c", starts, user=wanted["User"]), region.running("nginx", "-g", "daemon off;"):
        reached = "until echo > /dev/tcp/127.0.0.1/8417; do sleep 0.2; done 2>/dev/null"
        region.must("timeout", "30", "bash", "-c", reached)
        yield


def certify(region: System) -> None:
    """An authority of the region's own, and its certificate for HOST where OPERATING.md has it."""
    new = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
        "-days",
        "9",
    ]
    ca = ["-keyout", "/root/ca.key", "-out", "/root/ca.crt"]
    key, crt = "/etc/ssl/private/region.key", "/etc/ssl/region.crt"
    region.must(*new, "-subj", "/CN=Region Prov CA", *ca)
    signed = ["-CA", "/root/ca.crt", "-CAkey", "/root/ca.key", "-addext", f"subjectAltName=DNS:{HOST}"]
    plain = ["-addext", "basicConstraints=critical,CA:FALSE"]
    region.must(*new, "-subj", f"/CN={HOST}", *signed, *plain, "-keyout", key, "-out", crt)


# ── The till ─────────────────────────────────────────────────────────────────────────────────────


def installs(clinic: System, package: Path, region: System) -> None:
    """From nothing, by apt; then what IT puts beside it: the region's authority, its address, two accounts."""
    clinic.must("apt-get", "-q", "update", net=False)
    done = clinic.apt("install", clinic.take(package))
    step(done.code == 0, f"the till's package installs from nothing: {package.name}", done.text)
    step(version(clinic) in package.name, f"kassa --version: {version(clinic)}", package.name)
    place = clinic.must("stat", "-c", "%a %U %G", f"/{DATA}").strip()
    step(place == "2770 root kassa", f"/{DATA} is the group's: {place}", place)
    linked = clinic.must(
        "bash", "-c", "find /usr/lib/kassa -name '*.so*' | xargs -r ldd 2>/dev/null | grep 'not found' || true"
    )
    missing = sorted(set(linked.split()) - {"=>", "not", "found"})
    step(not missing, "every library finds what it links to", linked)
    clinic.put("usr/local/share/ca-certificates/region.crt", (region.root / "root/ca.crt").read_text())
    clinic.must("update-ca-certificates")
    clinic.put("etc/hosts", f"127.0.0.1 localhost\n{ADDRESSES['region']} {HOST}\n")
    for name in ("anna", "bertil", "cecilia"):
        clinic.must("useradd", "-m", *([] if name == "cecilia" else ["-G", "kassa"]), name)


def enrols(clinic: System, folder: Path, root_key: str, table: str) -> None:
    """By the clinic file that build.py makes of the table; not with the cable out, and once only."""
    (folder / "coded.csv").write_text(table, encoding="utf-8")
    shutil.rmtree(folder / "clinics", ignore_errors=True)
    made = ["clinics", str(folder / "coded.csv"), "--out", str(folder / "clinics"), "--server", f"https://{HOST}"]
    must([sys.executable, str(ROOT / "installer/build.py"), *made, f"--root-key={root_key}"])
    file = clinic.take(folder / "clinics" / f"{CLINIC}-{REGISTER}.toml")
    enrol = ("kassa", "enrol", "--clinic", file, "--data", f"/{DATA}", "--unattended")
    plug("down")
    done = clinic.run(*enrol)
    step(done.code == 4, "with the cable out nothing is enrolled: exit 4", f"{done.code}\n{done.text}")
    plug("up")
    done = clinic.run(*enrol)
    step(done.code == 0, "enrolled unattended over the cable, through TLS: exit 0", f"{done.code}\n{done.text}")
    say("        " + done.text.strip().replace("\n", "\n        "))
    done = clinic.run(*enrol)
    step(done.code == 8, "enrolled again: exit 8, and nothing is touched", f"{done.code}\n{done.text}")


def acts(clinic: System, user: str, *wanted: dict[str, Any]) -> list[dict[str, Any]]:
    """What the till answers, without a window, under an account of the computer. Raises Failed."""
    given = "".join(json.dumps(act) + "\n" for act in wanted)
    done = clinic.run("kassa", "acts", given=given, user=user)
    try:
        answers = [json.loads(line) for line in done.text.splitlines() if line.startswith("{")]
    except ValueError:
        answers = []
    if done.code or len(answers) != len(wanted) or not all(answer["ok"] for answer in answers):
        raise Failed(f"acts under {user} ended with {done.code}:\n{done.text}")
    return answers


def sells(clinic: System) -> None:
    """One account opens and sells, another goes on at the same till, a third may not."""
    said = acts(clinic, "anna", SIGN_IN, OPEN, SELL, SYNC)
    step(said[2]["receipt"] == 1, f"anna opens and sells headless: receipt {said[2]['receipt']}", str(said))
    said = acts(clinic, "bertil", SIGN_IN, SELL, SYNC)
    step(said[1]["receipt"] == 2, f"bertil goes on at the same till: receipt {said[1]['receipt']}", str(said))
    done = clinic.run("kassa", "acts", user="cecilia")
    step(done.code != 0, f"cecilia, who is not in the group, may not: exit {done.code}", done.text)


def upgrades(clinic: System, newer: Path) -> None:
    """Not while the till runs; then with every byte of it as it was, and the session still open."""
    before, deb = version(clinic), clinic.take(newer)
    with clinic.running("kassa", "acts", user="anna") as till:
        assert till.stdin is not None
        till.stdin.write(json.dumps(SIGN_IN) + "\n")
        till.stdin.flush()
        time.sleep(5)
        done = clinic.apt("install", deb)
        step(done.code != 0 and version(clinic) == before, "not replaced while the till runs", done.text)
        till.stdin.close()
        till.wait(30)
    before_files = contents(clinic)
    done = clinic.apt("install", deb)
    step(done.code == 0 and version(clinic) in newer.name, f"upgraded: {before} to {version(clinic)}", done.text)
    step(
        contents(clinic) == before_files,
        f"{len(before_files)} files of the till are as they were",
        str(contents(clinic)),
    )
    said = acts(clinic, "anna", SIGN_IN, SELL, SYNC, STATUS)
    step(said[1]["receipt"] == 3, "the newer version sells on in the open session: receipt 3", str(said))
    done = clinic.apt("install", f"/tmp/{next((clinic.root / 'tmp').glob(f'kassa_{before}*')).name}")  # noqa: S108
    step(done.code != 0, "apt does not go back to the older version by itself", done.text)


def closes(clinic: System, region: System) -> None:
    """The day is closed, and the region has all of it."""
    close = {"do": "close_session", "till": "H", "pin": "123456", "counted_ore": 100_000, "card_ore": 60_000}
    said = acts(clinic, "bertil", SIGN_IN, close, SYNC, STATUS)
    step(said[1]["ok"], "the session is counted and closed", str(said))
    status = region.must("kassa-region", "status", REGION, user=AS_REGION)
    audited = region.run("kassa-region", "audit", REGION, user=AS_REGION)
    step(audited.code == 0, f"the region's audit: {audited.text.strip()}", audited.text)
    say("        " + status.strip().replace("\n", "\n        "))


def removes(clinic: System) -> None:
    """Removed and purged, the package leaves every file of the till."""
    before_files = contents(clinic)
    for word in ("remove", "purge"):
        done = clinic.apt(word, "kassa")
        step(
            done.code == 0 and contents(clinic) == before_files,
            f"{word}: {len(before_files)} files of the till stay",
            done.text,
        )
    gone = not any((clinic.root / name).exists() for name in ("usr/bin/kassa", "usr/lib/kassa"))
    step(gone, "the program is gone", "")


def verifies(clinic: System, region: System, root_key: str) -> None:
    """The checkout's verifier reads what the removed program left."""
    develop.set_up("runtime", develop.PYTHON)
    command = [
        str(develop.venv_python()),
        "-m",
        "kassaapp",
        "verify",
        str(clinic.root / DATA),
        f"--root-key={root_key}",
    ]
    said = must(command)
    step("HEL: " in said and "3 kvitton" in said, "the journal that was left is whole", said)
    say("        " + said.strip().replace("\n", "\n        "))


def version(clinic: System) -> str:
    """What the installed program calls itself."""
    return clinic.must("kassa", "--version").strip()


def contents(clinic: System) -> dict[str, str]:
    """Name → SHA-256 of every file of the till."""
    files = sorted(path for path in (clinic.root / DATA).rglob("*") if path.is_file())
    return {str(path.relative_to(clinic.root)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


if __name__ == "__main__":
    sys.exit(main())
