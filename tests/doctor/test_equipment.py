"""What the system has to provide for media."""

from __future__ import annotations

import grp
import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from mediabridge.doctor import State, equipment
from mediabridge.doctor.finding import Check, made
from mediabridge.errors import MediaServiceError
from mediabridge.media.udisks import BusError, Call, UDisks

ROOT = Path(__file__).resolve().parents[2]


class Answers:
    def send(self, _call: Call) -> tuple[object, ...]:
        return ()


class Silent:
    def send(self, _call: Call) -> tuple[object, ...]:
        name = "org.freedesktop.DBus.Error.ServiceUnknown"
        raise BusError(name)


def test_service_that_does_not_answer_is_wrong() -> None:
    (found,) = equipment.service(UDisks(Answers()))
    assert found.state is State.OK
    with pytest.raises(MediaServiceError):
        list(equipment.service(UDisks(Silent())))
    (found,) = made(Check.UDISKS, lambda: equipment.service(UDisks(Silent())))
    assert (found.state, bool(found.advice)) == (State.WRONG, True)


@pytest.mark.parametrize("places", [("etc", "etc"), ("usr/lib", "usr/share")])
def test_rules_are_looked_for_where_the_page_and_the_package_put_them(
    tmp_path: Path, places: tuple[str, str]
) -> None:
    page = (ROOT / "docs/operations/media.md").read_text("utf-8")
    for path in equipment.RULES:
        assert f"/etc/{path.parent}/" in page
    (found,) = equipment.rules(tmp_path)
    assert (found.state, found.found.count(".rules")) == (State.WRONG, len(equipment.RULES))
    for place, path in zip(places, equipment.RULES, strict=True):
        (tmp_path / place / path).parent.mkdir(parents=True)
        (tmp_path / place / path).touch()
    (found,) = equipment.rules(tmp_path)
    assert found.state is State.OK


def test_account_has_to_be_in_the_group_of_the_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    assert f'"{equipment.GROUP}"' in (ROOT / "system/polkit/50-mediabridge.rules").read_text()
    monkeypatch.setattr(grp, "getgrnam", lambda _name: SimpleNamespace(gr_gid=4242))
    for groups, state in (([4242], State.OK), ([1], State.WRONG)):
        monkeypatch.setattr(os, "getgroups", lambda groups=groups: groups)
        (found,) = equipment.membership()
        assert found.state is state

    def nobody(_name: str) -> None:
        raise KeyError

    monkeypatch.setattr(grp, "getgrnam", nobody)
    (found,) = equipment.membership()
    assert found.state is State.WRONG


def test_missing_repair_tool_is_named(tmp_path: Path) -> None:
    for tool in ("fsck.vfat", "e2fsck"):
        (tmp_path / tool).touch(mode=0o755)
    (found,) = equipment.repair_tools(os.fspath(tmp_path))
    assert (found.state, "fsck.exfat" in found.found) == (State.LOOK, True)


def test_guard_without_our_rules_lets_everything_in(tmp_path: Path) -> None:
    (found,) = equipment.guard(tmp_path)
    assert found.state is State.LOOK
    folder = tmp_path / "etc/usbguard/rules.d"
    folder.mkdir(parents=True)
    (folder / "50-mediabridge.conf").touch()
    (found,) = equipment.guard(tmp_path)
    assert found.state is State.OK
