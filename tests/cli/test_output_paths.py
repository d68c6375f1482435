"""Whatever stands in the place of an output and is no plain file or folder stays, and is named.

A rename would put a file in the place of a device, and a link leads where nobody looked.
"""

from __future__ import annotations

import inspect
import json
import os
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, get_args

import pytest
from apply.populations import compare
from apply.populations import entry as entry_of
from attacks.world import World, tree_of
from records.rows import ISA, csv_of, load
from stations.days import Day
from storage.machine import make_device

from mediabridge.cli import _table, _typed
from mediabridge.cli._app import run
from mediabridge.kinds import Kind
from mediabridge.media.register import MediumRow, ServiceState

pytestmark = pytest.mark.in_turns

AT = "2026-11-25T00:00:00Z"
Words = Callable[[Path, World, Path], list[Any]]
"""The command line, from the output, a city with its stations, and a file of notices."""

FILES: dict[tuple[str, str], Words] = {
    ("convert", "target"): lambda out, _city, notices: ["convert", notices, out],
    ("keys new", "out"): lambda out, city, _: [
        *("keys", "new", "officer-9", "--kind", "officer", "--out", out),
        *("--passphrase-file", home(city)[1] / "passphrase.training"),
    ],
    ("keys passphrase", "file"): lambda out, city, _: [
        *("keys", "passphrase", out),
        *("--new-passphrase-file", home(city)[1] / "passphrase.training"),
        *("--passphrase-file", home(city)[1] / "passphrase.training"),
    ],
    ("station form", "out"): lambda out, city, _: [*home(city), "station", "form", "-o", out],
    ("station recipient", "out"): lambda out, city, _: [
        *(*home(city), "station", "recipient", "-o", out)
    ],
    ("station witness", "out"): lambda out, city, _: [
        *(*home(city), "station", "witness", "-o", out)
    ],
    ("station init", "out"): lambda out, _city, _: [
        *("--home", out.parent.parent / "live", "station", "init", "lgwan-01", "--live", "-o", out),
        *("--role", "lgwan", "--city", "city.example.jp", "--municipality", "131041"),
        *("--passphrase-file", strong(out)),
    ],
    ("trust request", "out"): lambda out, city, _: [
        *("trust", "request", "officer-1", "officer", "--city", "city.training.example"),
        *("--mode", "training", "--key", city.city.key_path("officer-1"), "-o", out),
        *("--passphrase-file", home(city)[1] / "passphrase.training"),
    ],
    ("media lost", "form"): lambda out, city, _: [
        *lost_medium(city),
        "--form",
        out,
    ],
    ("population show", "csv"): lambda out, city, _: [
        *(*with_population(city), "population", "show", "--csv", out)
    ],
    ("media slip", "html"): lambda out, city, _: [
        *(*home(city), "media", "slip", "USB-001", "--html", out)
    ],
    ("media slip", "pdf"): lambda out, city, _: [
        *(*home(city), "media", "slip", "USB-001", "--pdf", out)
    ],
    ("audit report", "html"): lambda out, city, _: [*reported(city), "--html", out],
    ("audit report", "pdf"): lambda out, city, _: [*reported(city), "--pdf", out],
    ("audit report", "xlsx"): lambda out, city, _: [*reported(city), "--xlsx", out],
    ("audit export", "ecs"): lambda out, city, _: [*home(city), "audit", "export", "--ecs", out],
    ("audit export", "ocsf"): lambda out, city, _: [*home(city), "audit", "export", "--ocsf", out],
    ("media export", "file"): lambda out, city, _: [*home(city), "media", "export", out],
}
"""What is written as one file."""

FOLDERS: dict[tuple[str, str], Words] = {
    ("bench", "folder"): lambda out, _city, _: [
        "bench",
        "bundle",
        "--size",
        "1MiB",
        "--folder",
        out,
    ],
    ("demo", "keep"): lambda out, _city, _: ["demo", "--keep", out, "--residents", "200"],
    ("sample", "out"): lambda out, _city, _: ["sample", "--out", out, "--residents", "200"],
    ("station init", "city"): lambda out, _city, notices: [
        *("--home", notices.parent / "home", "station", "init", "lgwan-01", "--city", out)
    ],
    ("station init", "home"): lambda out, city, _: [
        *("--home", out, "station", "init", "lgwan-01", "--city", city.city.folder)
    ],
    ("station backup", "output"): lambda out, city, _: [
        *home(city),
        "station",
        "backup",
        "-o",
        out,
    ],
    ("recover open", "out"): lambda out, city, _: [
        *("recover", "open", city.medium, "--root", city.city.folder / "root.json", "-o", out),
        *("--share", city.city.key_path("officer-1"), "--reason", "STATION_LOST"),
    ],
    ("recover split", "out"): lambda out, _city, _: [
        *("recover", "split", "--holder", "safe-1", "--holder", "safe-2", "-o", out),
        *("--city", "city.example.jp", "--mode", "live", "--passphrase-file", strong(out)),
    ],
    ("trust init", "folder"): lambda out, _city, _: [
        *("trust", "init", out, "--city", "city.training.example", "--municipality", "131016"),
        *("--mode", "training", "--yes"),
    ],
    ("trust allowed-signers", "folder"): lambda out, city, _: [
        *(*home(city), "trust", "allowed-signers", out)
    ],
    ("audit export", "pack"): lambda out, city, _: [*home(city), "audit", "export", out],
}
"""What is written into a folder, which is made if it is not there."""

READ = {
    *("approval_key", "bundle", "share"),
    *("city", "clerk_passphrase_file", "files", "key", "medium", "passphrase_file", "path"),
    *("fonts", "known", "packs", "policy", "population", "root", "source"),
}
"""Parameters that name what is only read; a medium has its own guards."""

GOING_ON = (
    *("add", "remove", "revoke", "route", "media", "rotate", "renew", "discard"),
    *("sign", "publish", "show"),
)
CHANGED = {("software apply", "folder"), *((f"trust {command}", "folder") for command in GOING_ON)}
"""The folder of root's installer, or of a ceremony that goes on, judged by what is in it."""

LOADED = {
    *(("trust " + command, "request") for command in ("init", "add", "rotate")),
    ("trust init", "after"),
    *(("kiosk", name) for name in ("keys", "tray")),
    *((f"hub {command}", "settings") for command in ("purge", "serve")),
    *(("codes load", "file"), ("names table load", "file"), ("keys show", "file")),
    *(("agency collect", name) for name in ("file", "to")),
    ("sync", "offices"),
    ("keys passphrase", "new_passphrase_file"),
    ("software add", "file"),
    *(("station restore", name) for name in ("backup", "escrow_key")),
}
"""Read, too, though what is written elsewhere is called so; a tray gets names of its own."""


def strong(out: Path) -> Path:
    """Return a file with a passphrase that is good enough for a live key."""
    path = out.parent.parent / "passphrase"
    path.write_text("correct horse battery staple 7\n")
    path.chmod(0o600)
    return path


def home(city: World) -> list[Any]:
    return ["--home", city.home("lgwan-01").root]


def reported(city: World) -> list[Any]:
    return [*home(city), "audit", "report", "--from", "2026-04-01", "--to", "2026-09-30"]


def with_population(city: World) -> list[Any]:
    """Return the home of the registry, at which a population with a finding came."""
    with city.registry() as station:
        if not list(station.registry.populations()):
            compare(station.registry, entry_of(card_number="QQ00000001CD", birth_date="1931-01-01"))
    return ["--home", city.home("registry-01").root]


def lost_medium(city: World) -> list[Any]:
    """Return the command that reports a medium lost, which is in the register from then on."""
    with city.lgwan() as station, station.books.transaction():
        station.books.media.put(
            MediumRow("USB-001", "aa" * 32, ServiceState.IN_SERVICE, AT, AT, "officer-1")
        )
    return [*home(city), "media", "lost", "USB-001"]


def paths_of_commands() -> Iterator[tuple[str, str]]:
    """Yield every parameter of every command that is a path."""
    for entry in _table.COMMANDS:
        if entry.module:
            module = import_module(f"mediabridge.cli.{entry.module}")
            function = getattr(module, _table.function_name(entry))
            names = _typed._names_of(function)
            signature = inspect.signature(function, eval_str=True, globals=names)
            for name, parameter in signature.parameters.items():
                if "Path" in repr(get_args(parameter.annotation)):
                    yield entry.name, name


def test_every_path_of_every_command_is_an_input_or_tried_here() -> None:
    found = set(paths_of_commands())
    # The station's own folder is a global option; one command makes it.
    tried = {*FILES, *FOLDERS} - {("station init", "home")}
    assert tried <= found
    left = {
        (command, name) for command, name in found - tried - LOADED - CHANGED if name not in READ
    }
    assert left == set()


@pytest.fixture
def notices(tmp_path: Path) -> Path:
    path = tmp_path / "in.csv"
    path.write_bytes(csv_of(load(Kind.ISA_NOTICE, ISA)))
    return path


def make_link(path: Path) -> None:
    (path.parent / "kept").write_bytes(b"kept")
    path.symlink_to(path.parent / "kept")


OBSTACLES: dict[str, Callable[[Path], object]] = {
    "device": make_device,
    "fifo": os.mkfifo,
    "link": make_link,
    "dangling": lambda path: path.symlink_to(path.parent / "nothing"),
}

CASES = [
    *((key, kind) for key in FILES for kind in [*OBSTACLES, "folder"]),
    *((key, kind) for key in FOLDERS for kind in [*OBSTACLES, "file"]),
]


@pytest.mark.parametrize(
    ("key", "kind"), CASES, ids=lambda each: "-".join(each) if isinstance(each, tuple) else each
)
def test_other_things_than_plain_files_are_refused_and_left(
    key: tuple[str, str],
    kind: str,
    day: Day,
    notices: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    # One command has to change the register of media first: in a city of its own.
    city = day.world
    folder = notices.parent / "there"
    folder.mkdir()
    out = folder / f"output{notices.suffix if key[0] != 'convert' else '.xml'}"
    {**OBSTACLES, "folder": Path.mkdir, "file": lambda path: path.write_bytes(b"x")}[kind](out)
    before, content = shape_of(out), tree_of(folder)
    words = {**FILES, **FOLDERS}[key](out, city, notices)
    code = run(["--json", *map(str, words)])
    said = json.loads(capsys.readouterr().out)
    # A folder that has to be there, and that a link leads to in vain, is missing.
    wanted = {"FILE_OF_WRONG_SORT", "USAGE", *(["FILE_MISSING"] if kind == "dangling" else [])}
    if key[0].startswith("keys "):
        wanted.add("KEY_FILE_INVALID")
    assert said["reason"] in wanted, said
    assert code == said["code"] != 0
    assert out.name in said["message"], said
    assert (shape_of(out), tree_of(folder)) == (before, content)


def shape_of(path: Path) -> tuple[int, ...]:
    """Return what of *path* must not change; that it was looked at may be seen."""
    found = path.lstat()
    return found.st_ino, found.st_mode, found.st_size, found.st_nlink, found.st_mtime_ns


WITHIN = [
    (("sample", "out"), "population.csv"),
    (("station init", "city"), "passphrase.training"),
    (("station init", "home"), "passphrase.training"),
    (("trust allowed-signers", "folder"), "allowed_signers"),
    (("trust allowed-signers", "folder"), "revoked_keys"),
]


@pytest.mark.parametrize("kind", [*OBSTACLES, "folder"])
@pytest.mark.parametrize(("key", "name"), WITHIN, ids=str)
def test_so_is_what_stands_in_the_place_of_a_file_in_the_folder(
    *,
    key: tuple[str, str],
    name: str,
    kind: str,
    city: World,
    notices: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    out = notices.parent / "output"
    out.mkdir()
    {**OBSTACLES, "folder": Path.mkdir}[kind](out / name)
    before = shape_of(out / name)
    code = run(["--json", *map(str, FOLDERS[key](out, city, notices))])
    said = json.loads(capsys.readouterr().out)
    assert (said["reason"], code) == ("FILE_OF_WRONG_SORT", 2), said
    assert name in said["message"], said
    assert shape_of(out / name) == before
