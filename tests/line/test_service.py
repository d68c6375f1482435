"""The line of a service: which of them may have one, and who signs what goes over it."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from attacks.world import World
from line.over import AGENCY
from line.test_by_hand import settle
from required import require_library

from mediabridge.cli._app import run
from mediabridge.errors import ExitCode

require_library("asn1crypto")

WITHOUT_NETWORK = """
import ctypes, platform, struct, sys

SOCKET = {"x86_64": 41, "aarch64": 198}[platform.machine()]
LOAD, EQUAL, RETURN = 0x20, 0x15, 0x06
NUMBER, FIRST = 0, 16
ALLOW, REFUSE = 0x7FFF0000, 0x00050000 | 97
lines = [
    (LOAD, 0, 0, NUMBER), (EQUAL, 0, 3, SOCKET),
    (LOAD, 0, 0, FIRST), (EQUAL, 2, 0, 2), (EQUAL, 1, 0, 10),
    (RETURN, 0, 0, ALLOW), (RETURN, 0, 0, REFUSE),
]
program = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *each) for each in lines))

class Filter(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("lines", ctypes.c_void_p)]

here = ctypes.CDLL(None, use_errno=True)
assert here.prctl(38, 1, 0, 0, 0) == 0, "PR_SET_NO_NEW_PRIVS"
said = Filter(len(lines), ctypes.addressof(program))
assert here.prctl(22, 2, ctypes.byref(said), 0, 0) == 0, "PR_SET_SECCOMP"
from mediabridge.cli import main
main()
"""
"""Starts the program as RestrictAddressFamilies=AF_UNIX does: a filter refuses other sockets."""


def test_a_service_without_a_network_says_which_one_has_it(world: World) -> None:
    settle(world, AGENCY, "https://hub.example", world.root / "ca.pem")
    words = ["--home", str(world.home(AGENCY).root), "--json", "sync"]
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_NETWORK, *words],
        env=os.environ | {"LANG": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == ExitCode.MEDIUM, done.stderr
    told = json.loads(done.stdout)
    assert told["reason"] == "LINE_NOT_FROM_HERE"
    assert "mediabridge-sync" in told["hint"]


def test_whom_the_settings_name_signs_where_nobody_says_who_is_there(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    """A service gives no option; of several clerks it would otherwise be nobody."""
    settle(world, AGENCY, "https://hub.example", world.root / "ca.pem", 'operator = "nobody"')
    words = ["--home", str(world.home(AGENCY).root), "--json", "sync"]
    told = [_told(words, capsys), _told([*words, "--operator", "clerk-1"], capsys)]
    # There is no certificate of an authority: with a person who is known it goes on to that.
    assert told == ["USAGE", "SETTINGS_INVALID"]


def _told(words: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    capsys.readouterr()
    run(words)
    return str(json.loads(capsys.readouterr().out)["reason"])
