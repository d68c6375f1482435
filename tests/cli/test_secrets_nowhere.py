"""A marked passphrase and the private keys it opens are looked for wherever they could be left.

Both stations, a clerk and two officers work through a day with keys of their own, whose passphrase
comes over a file descriptor. Afterwards, and while each command runs, the secrets must be
in no file below the city, no output, no command line and no environment; only our stand-in
for "it would be found" proves that the search finds.
"""

from __future__ import annotations

import os
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import pytest
from attacks.records import isa_csv, municipal_csv
from attacks.world import World, passphrase_for
from stations.days import Day

from mediabridge.stations.home import Home
from mediabridge.trust import keyfile
from mediabridge.trust.keyfile import TRAINING_COST

MARK = "ひみつの合言葉-7f3a9c-marked"
LGWAN, REGISTRY = "lgwan-01", "registry-01"


def mark(world: World) -> list[bytes]:
    """Protect every key with the marked passphrase; return all that must not be found."""
    secrets = [MARK.encode(), *_spellings(MARK.encode())]
    files = [*world.city.folder.glob("keys/*.json")]
    for station in (LGWAN, REGISTRY):
        files += world.home(station).keys.glob("*.json")
        (world.home(station).root / "passphrase.training").unlink()
    for path in files:
        key = keyfile.load(path, passphrase_for(path.stem))
        keyfile.save(path, key, MARK.encode(), cost=TRAINING_COST, replace=True)
        secrets += [key.secret, *_spellings(key.secret)]
    (world.city.folder / "passphrase.training").unlink()
    return secrets


def _spellings(secret: bytes) -> list[bytes]:
    # Whatever stands before it, some part of its base64 is one of three.
    shifted = [b64encode(bytes(by) + secret)[4:-4] for by in range(3)]
    return [secret.hex().encode(), *shifted]


def around(pid: int) -> bytes:
    """Return command line and environment of a process and of its children, as anybody sees."""
    seen = []
    for each in [pid, *_children(pid)]:
        for name in ("cmdline", "environ"):
            try:
                seen.append(Path(f"/proc/{each}/{name}").read_bytes())
            except OSError:
                continue
    return b"\n".join(seen)


def _children(pid: int) -> Iterator[int]:
    try:
        names = list(Path(f"/proc/{pid}/task").iterdir())
        for task in names:
            yield from map(int, (task / "children").read_text().split())
    except OSError:
        return


def marked_descriptor() -> int:
    reading, writing = os.pipe()
    os.write(writing, f"{MARK}\n".encode())
    os.close(writing)
    return reading


def command(home: Home, *words: str, clerk: Path | None = None) -> bytes:
    """Run a command with the passphrase on a descriptor; return all that could be seen of it.

    With *clerk*, a key file, its passphrase is on another one.
    """
    reading = [marked_descriptor(), marked_descriptor()]
    options = ["--lang", "en", "--home", os.fspath(home.root), "--passphrase-fd", str(reading[0])]
    own = ["--clerk-key", str(clerk), "--clerk-passphrase-fd", str(reading[1])]
    process = subprocess.Popen(
        [sys.executable, "-m", "mediabridge", *options, *words, *(own if clerk else [])],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        pass_fds=reading,
    )
    for each in reading:
        os.close(each)
    seen = []
    while True:
        seen.append(around(process.pid))
        try:
            output, _ = process.communicate(timeout=0.05)
            break
        except subprocess.TimeoutExpired:
            continue
    assert process.returncode == 0, output.decode()
    return b"\n".join([*seen, output])


def found(secrets: list[bytes], *places: bytes) -> list[bytes]:
    return [secret for secret in secrets if any(secret in place for place in places)]


def files_below(folder: Path) -> list[bytes]:
    return [path.read_bytes() for path in folder.rglob("*") if path.is_file()]


def test_marked_secret_is_nowhere(day: Day, monkeypatch: pytest.MonkeyPatch) -> None:
    """Claim C76."""
    world = day.world
    temporary = world.root / "tmp"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", os.fspath(temporary))
    secrets = mark(world)
    notices, moved = world.root / "isa.csv", world.root / "municipal.csv"
    notices.write_bytes(isa_csv((1, 1), (2, 2)))
    moved.write_bytes(municipal_csv((1, 1)))
    medium = ["--medium", os.fspath(world.medium), "--folder"]
    officers = [
        ["--key", os.fspath(world.city.key_path(name))] for name in ("officer-1", "officer-2")
    ]
    clerk = world.city.key_path("clerk-1")
    lgwan, registry = world.home(LGWAN), world.home(REGISTRY)
    seen = [
        command(lgwan, "collect", os.fspath(notices), "--operator", "clerk-1"),
        command(lgwan, "seal", clerk=clerk),
        command(lgwan, "approve", *officers[0], "--yes"),
        command(lgwan, "write", *medium, clerk=clerk),
        command(registry, "import", *medium, clerk=clerk),
        command(registry, "collect", os.fspath(moved), "--operator", "clerk-1"),
        command(registry, "export", *medium, *officers[1], "--yes", clerk=clerk),
        command(lgwan, "import", *medium, clerk=clerk),
        command(lgwan, "status"),
    ]
    assert found(secrets, *seen, *files_below(world.root)) == []


def test_what_is_left_behind_would_be_found(day: Day) -> None:
    """The control: the same search finds what lies in a file and in an environment."""
    secrets = mark(day.world)
    (day.world.root / "left").write_bytes(b"x" + secrets[-4] + b64encode(b"y" + MARK.encode()))
    assert {secrets[-4]} <= set(found(secrets, *files_below(day.world.root)))
    # It says that it runs: at the moment it begins, its environment cannot be seen yet.
    waits = ["/bin/sh", "-c", "echo; read line"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(waits, env={"LEFT": MARK}, **pipes) as process:  # type: ignore[call-overload]
        process.stdout.readline()
        seen = around(process.pid)
        process.kill()
    assert MARK.encode() in found(secrets, seen)
