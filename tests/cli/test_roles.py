"""Separate accounts: every command is somebody's, and every path leads to a tray."""

from __future__ import annotations

import inspect
import json
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mediabridge.accounts import Layout, Role, is_systems
from mediabridge.cli import _entering, _table, _typed
from mediabridge.cli._app import run
from mediabridge.cli._doors import DOORS, OWN_DOORS, Door
from mediabridge.cli._roles import Desk
from mediabridge.errors import (
    ExitCode,
    MediabridgeError,
    ModuleNotSystemsError,
    NotForRoleError,
    NotInTrayError,
    NotMountedError,
    OptionNotForRoleError,
    TrayFileError,
)

ROOT = Path(__file__).resolve().parents[2]
COMMANDS = [entry for entry in _table.COMMANDS if entry.module]
PAGE = (ROOT / "docs/operations/accounts.md").read_text("utf-8")


def _entry(name: str) -> _table.Entry:
    return next(entry for entry in COMMANDS if entry.name == name)


def _options(entry: _table.Entry) -> Iterator[tuple[str, str]]:
    function = _table.function_of(entry)
    names = _typed._names_of(function)
    signature = inspect.signature(function, eval_str=True, globals=names)
    for name, parameter in signature.parameters.items():
        yield name, str(parameter.annotation)


def test_every_command_says_whose_it_is() -> None:
    undecided = [entry.name for entry in COMMANDS if entry.by is None]
    assert not undecided, "say in the table who gives it where accounts are separate"
    assert all(entry.by is None for entry in _table.COMMANDS if not entry.module)


def test_every_option_that_leads_somewhere_has_a_door() -> None:
    open_ = [
        f"{entry.name}: {name}"
        for entry in COMMANDS
        if entry.by
        for name, kind in _options(entry)
        if ("pathlib" in kind or name.endswith(("token", "_fd")) or "URI" in kind)
        if (entry.name, name) not in OWN_DOORS and name not in DOORS
    ]
    assert not open_, "say in DOORS where it may lead for whoever works through the account"


def test_door_of_files_is_where_files_are_named_and_nowhere_else() -> None:
    spelt = {None, Door.SPELT_KEY, Door.TOKEN, Door.SHUT, Door.WORD}
    wrong = [
        f"{entry.name}: {name}"
        for entry in COMMANDS
        if entry.by
        for name, kind in _options(entry)
        for door in [OWN_DOORS.get((entry.name, name)) or DOORS.get(name)]
        if door is not Door.SHUT and ("pathlib" in kind) == (door in spelt)
    ]
    assert not wrong, "what names no file needs a line in OWN_DOORS, what names one another door"


@pytest.mark.parametrize(
    ("command", "options"),
    [("software show", {"file": "3fa9c1"}), ("audit show", {"medium": "USB-1", "bundle": None})],
)
def test_what_names_no_file_stays_as_it_was_typed(
    clerk: Desk, command: str, options: dict[str, Any]
) -> None:
    officer = Desk(Role.OFFICER, "officer-1", clerk.layout)
    assert _through(officer, command, **options) == options


@pytest.mark.parametrize("found", [Path("/etc/passwd"), [Path("notices.csv")]])
def test_option_that_nobody_thought_of_leads_nowhere(clerk: Desk, found: object) -> None:
    with pytest.raises(OptionNotForRoleError):
        _through(clerk, "collect", unheard_of=found)


def test_every_door_is_an_option_of_somebody() -> None:
    used = {(entry.name, name) for entry in COMMANDS if entry.by for name, _ in _options(entry)}
    assert set(OWN_DOORS) <= used
    assert set(DOORS) - {"approval_token"} <= {name for _, name in used}


def test_no_officer_approves_where_a_clerk_works() -> None:
    for name in ("approve", "bundles void", "trust update", "station tidy", "media register"):
        assert Role.CLERK not in (_entry(name).by or ()), name
    for name in ("key", "token"):
        assert OWN_DOORS["export", name] is Door.SHUT


def test_files_of_the_system_speak_of_the_same_groups_and_programs() -> None:
    rules = (ROOT / "system/polkit/51-mediabridge-accounts.rules").read_text()
    policy = (ROOT / "system/polkit/org.mediabridge.accounts.policy").read_text()
    for role in Role:
        script = ROOT / f"system/accounts/as-{role.value}"
        assert f'"org.mediabridge.as-{role.value}": "{role.group}"' in rules
        assert f">/usr/lib/mediabridge/{script.name}</annotate>" in policy
        assert f"MEDIABRIDGE_ROLE={role.value} exec" in script.read_text()
        assert os.access(script, os.X_OK)
        for folder in (Layout().given(role), Layout().made(role), Layout().keys(role)):
            assert f"| `{folder}` |" in PAGE


@pytest.fixture
def clerk(tmp_path: Path) -> Desk:
    layout = Layout(tmp_path)
    for role in Role:
        for folder in (layout.given(role), layout.made(role), layout.keys(role)):
            folder.mkdir(parents=True)
    layout.taken.mkdir()
    return Desk(Role.CLERK, "clerk-1", layout)


def _through(desk: Desk, command: str, **options: Any) -> dict[str, Any]:
    with desk.admitted(_entry(command), options) as seen:
        return seen


def test_program_reads_a_copy_that_is_gone_afterwards(clerk: Desk) -> None:
    tray = clerk.layout.given(clerk.role)
    for name in ("a.csv", "b.csv"):
        (tray / name).write_text(name)
    given = [Path("a.csv"), tray / "b.csv"]
    with clerk.admitted(_entry("collect"), {"files": given, "kind": None}) as seen:
        (tray / "a.csv").write_text("another")
        assert [path.read_text() for path in seen["files"]] == ["a.csv", "b.csv"]
        assert [path.name for path in seen["files"]] == ["a.csv", "b.csv"]
        assert not any(path.is_relative_to(tray) for path in seen["files"])
    assert not list(clerk.layout.taken.iterdir())


def test_copies_that_a_power_cut_left_go_with_the_next_command(clerk: Desk) -> None:
    left = clerk.layout.taken / "tmpleft"
    left.mkdir()
    (left / "a.csv").touch()
    (clerk.layout.given(clerk.role) / "a.csv").touch()
    with (
        clerk.admitted(_entry("collect"), {"files": [Path("a.csv")]}) as first,
        clerk.admitted(_entry("collect"), {"files": [Path("a.csv")]}),
    ):
        assert not left.exists()
        assert first["files"][0].exists()


def test_what_is_made_is_for_the_group_of_the_tray(clerk: Desk) -> None:
    tray = clerk.layout.made(clerk.role)
    with clerk.admitted(_entry("population show"), {"csv": Path("found.csv")}) as seen:
        assert seen["csv"] == tray / "found.csv"
        seen["csv"].touch(mode=0o600)
    assert stat.S_IMODE((tray / "found.csv").stat().st_mode) == 0o640


@pytest.mark.parametrize(
    ("refusal", "command", "options"),
    [
        (NotForRoleError, "approve", {}),
        (NotInTrayError, "collect", {"files": [Path("/etc/passwd")]}),
        (NotInTrayError, "collect", {"files": [Path("..")]}),
        (NotInTrayError, "collect", {"files": [Path("below/a.csv")]}),
        (TrayFileError, "collect", {"files": [Path("missing.csv")]}),
        (NotInTrayError, "convert", {"target": Path("/etc/passwd")}),
        (NotMountedError, "write", {"medium": Path("/usr")}),
        (OptionNotForRoleError, "write", {"folder": True}),
        (OptionNotForRoleError, "export", {"key": Path("officer-1.json")}),
        (OptionNotForRoleError, "seal", {"passphrase_file": Path("a")}),
        (OptionNotForRoleError, "seal", {"clerk_passphrase_fd": 0}),
        (NotInTrayError, "seal", {"clerk_key": "/etc/passwd"}),
        (ModuleNotSystemsError, "seal",
         {"clerk_key": "pkcs11:token=a;object=b?module-path=/nowhere/a.so"}),
    ],
)  # fmt: skip
def test_what_leads_elsewhere_is_refused(
    clerk: Desk, refusal: type[MediabridgeError], command: str, options: dict[str, Any]
) -> None:
    """Claim C113."""
    with pytest.raises(refusal):
        _through(clerk, command, **options)
    assert not list(clerk.layout.taken.iterdir())


def test_link_pipe_and_second_name_in_the_tray_are_not_read(clerk: Desk, tmp_path: Path) -> None:
    """Claim C113."""
    tray = clerk.layout.given(clerk.role)
    secret = tmp_path / "secret"
    secret.write_text("secret")
    (tray / "link").symlink_to(secret)
    (tray / "second").hardlink_to(secret)
    os.mkfifo(tray / "pipe")
    (tray / "folder").mkdir()
    for name in ("link", "second", "pipe", "folder"):
        with pytest.raises(TrayFileError):
            _through(clerk, "collect", files=[Path(name)])


def test_key_is_one_of_the_role_and_what_is_not_given_stays(clerk: Desk) -> None:
    seen = _through(clerk, "seal", clerk_key="clerk-1.json", to="registry-01", folder=False)
    assert seen["clerk_key"] == os.fspath(clerk.layout.keys(Role.CLERK) / "clerk-1.json")
    assert (seen["to"], seen["folder"]) == ("registry-01", False)
    officer = Desk(Role.OFFICER, "officer-1", clerk.layout)
    seen = _through(officer, "approve", key=Path("officer-1.json"))
    assert seen["key"] == clerk.layout.keys(Role.OFFICER) / "officer-1.json"


def test_options_everywhere_lead_nowhere_else(clerk: Desk) -> None:
    clerk.require_options({"home": None, "passphrase_fd": None})
    for name, found in (("home", Path("/usr")), ("passphrase_fd", 0)):
        with pytest.raises(OptionNotForRoleError):
            clerk.require_options({"home": None, "passphrase_fd": None, name: found})


@pytest.mark.parametrize("words", [["audit", "alarms"], ["approve"], ["demo"]])
def test_frame_asks_whose_a_command_is_however_it_is_carried_out(
    clerk: Desk,
    words: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Claim C113."""
    monkeypatch.setattr(_entering, "desk_of_process", lambda _layout: clerk)
    assert run(["--json", *words]) == ExitCode.USAGE
    assert json.loads(capsys.readouterr().out)["reason"].startswith("NOT_")


def test_library_that_others_may_write_is_not_the_systems(tmp_path: Path) -> None:
    assert is_systems(Path("/usr/bin/env"))
    (tmp_path / "a.so").touch()
    assert not is_systems(tmp_path / "a.so")
    assert not is_systems(Path("/nowhere/a.so"))
