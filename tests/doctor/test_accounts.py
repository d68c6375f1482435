"""Separate accounts: found single, found whole, and each thing that may be wrong with them."""

from __future__ import annotations

import grp
import os
import pwd
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from mediabridge import accounts as separate
from mediabridge.accounts import Layout, Role
from mediabridge.doctor import State, accounts, examine, examining
from mediabridge.doctor.finding import Check
from mediabridge.stations.home import Home

ROOT = Path(__file__).resolve().parents[2]


def test_page_says_what_is_looked_at() -> None:
    page = (ROOT / "docs/operations/accounts.md").read_text("utf-8")
    rows = re.findall(r"^\| `(/[^`]+)` \| ([a-z-]+):([a-z-]+) \| ([0-7]{4}) \|", page, re.MULTILINE)
    asked = {
        (os.fspath(each.path), each.owner, each.group, f"{each.mode:04o}")
        for each in Layout().places()
    }
    assert {row for row in rows if "sysctl.d" not in row[0]} == asked


@pytest.mark.parametrize(("live", "state"), [(False, State.OK), (True, State.LOOK)])
def test_one_account_is_for_training(tmp_path: Path, live: bool, state: State) -> None:
    (found,) = accounts.separation(tmp_path, live=live)
    assert (found.check, found.state) == (Check.ACCOUNTS, state)


@pytest.fixture
def layout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Layout:
    """A tree as the page has it, in which every owner and group is this test's own."""
    made = Layout(tmp_path)
    own = pwd.getpwuid(os.geteuid()).pw_name
    group = grp.getgrgid(os.getegid()).gr_name
    places = []
    for place in made.places():
        path, mode = place.path, place.mode
        if mode in {0o644, 0o755} and path.parent.name not in {"lib", "mediabridge-desk"}:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
        else:
            path.mkdir(parents=True, exist_ok=True)
        places.append(separate.Place(path, own, group, mode))
    for place in places:
        place.path.chmod(place.mode)
    monkeypatch.setattr(Layout, "places", lambda _self: tuple(places))
    monkeypatch.setattr(accounts, "is_separate", lambda _home: True)
    monkeypatch.setattr(accounts, "roles_of", lambda _account: set(Role))
    monkeypatch.setattr(accounts, "members_of", lambda role: {f"{role}-1"})
    return made


def _wrong(layout: Layout) -> list[str]:
    found = accounts.separation(layout.home, live=True, layout=layout)
    return [each.found for each in found if each.state is State.WRONG]


def test_separate_accounts_are_found_whole(layout: Layout) -> None:
    (found,) = accounts.separation(layout.home, live=True, layout=layout)
    assert found.state is State.OK


LOOKING = """
import sys
from pathlib import Path
from mediabridge.accounts import Place
from mediabridge.doctor import accounts
print(accounts._found(Place(Path(sys.argv[1]), "root", "wanted", 0o700)).group)
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives a folder to another group")
def test_group_that_a_service_cannot_see_is_not_called_wrong(
    tmp_path: Path, require_tool: Callable[[str], str]
) -> None:
    """As under systemd's PrivateUsers=: a user namespace without that group."""
    os.chown(tmp_path, 0, 4242)
    look = [sys.executable, "-c", LOOKING, os.fspath(tmp_path)]
    namespace = [require_tool("unshare"), "--user", "--map-root-user"]
    if subprocess.run([*namespace, "true"], check=False, capture_output=True).returncode:
        pytest.skip("the system does not let root make a user namespace")
    alone = [*namespace, *look]
    said = [
        subprocess.run(words, capture_output=True, text=True, check=True, cwd=ROOT).stdout.strip()
        for words in (look, alone)
    ]
    assert said == ["4242", "wanted"]


def test_each_place_that_is_open_or_gone_is_named(layout: Layout) -> None:
    for place in layout.places():
        place.path.chmod(place.mode | 0o002)
        (found,) = _wrong(layout)
        assert os.fspath(place.path) in found
        place.path.chmod(place.mode)
    (layout.root / "usr/share/polkit-1/rules.d/51-mediabridge-accounts.rules").unlink()
    (found,) = _wrong(layout)
    assert "51-mediabridge-accounts.rules" in found


def test_people_in_both_groups_are_counted_and_not_named(
    layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accounts, "members_of", lambda _role: {"somebody"})
    (found,) = _wrong(layout)
    assert "1" in found
    assert "somebody" not in found
    monkeypatch.setattr(accounts, "members_of", lambda role: {role.group})
    monkeypatch.setattr(accounts, "roles_of", lambda _account: {Role.CLERK})
    (found,) = _wrong(layout)
    assert Role.OFFICER.group in found


def test_group_in_which_nobody_is_yet_is_told(
    layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accounts, "members_of", lambda _role: set())
    _, *found = accounts.separation(layout.home, live=True, layout=layout)
    assert [each.state for each in found] == [State.LOOK, State.LOOK]
    for role, each in zip(Role, found, strict=True):
        assert role.group in each.found
        assert f"adduser NAME {role.group}" in each.advice


def test_machine_without_a_station_is_told_what_is_next(
    layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the IT staff read after the installing: the accounts are looked at, too."""
    now = datetime(2026, 11, 28, tzinfo=UTC)
    for separate_ones in (True, False):
        for each in (accounts, examining):
            monkeypatch.setattr(each, "is_separate", lambda _home, found=separate_ones: found)
        found = list(examine(Home(layout.home), now))
        (station,) = [each for each in found if each.check is Check.STATION]
        assert station.state is State.WRONG
        assert str(layout.home) in station.found
        assert ("runuser -u mediabridge" in station.advice) is separate_ones
        assert "mediabridge station init" in station.advice
        assert any(each.check is Check.ACCOUNTS for each in found) is separate_ones


def test_members_of_a_group_by_either_way(monkeypatch: pytest.MonkeyPatch) -> None:
    group = SimpleNamespace(gr_gid=4242, gr_mem=["a", separate.SERVICE])
    people = [SimpleNamespace(pw_name="b", pw_gid=4242), SimpleNamespace(pw_name="c", pw_gid=1)]
    monkeypatch.setattr(grp, "getgrnam", lambda _name: group)
    monkeypatch.setattr(pwd, "getpwall", lambda: people)
    assert separate.members_of(Role.CLERK) == {"a", "b"}


def test_typing_for_others_is_told_where_the_kernel_allows_it(layout: Layout) -> None:
    switch = layout.root / "proc/sys/dev/tty/legacy_tiocsti"
    switch.parent.mkdir(parents=True)
    for said, states in (("0\n", [State.OK]), ("1\n", [State.OK, State.LOOK])):
        switch.write_text(said)
        found = accounts.separation(layout.home, live=True, layout=layout)
        assert [each.state for each in found] == states
