"""``station.toml``: closed, private, and settling nothing when it is not there."""

import os
from datetime import time
from pathlib import Path

import pytest

from mediabridge.config import INSTALLED_HOME
from mediabridge.errors import ExitCode, SettingsError
from mediabridge.stations import settings
from mediabridge.stations.home import Home
from mediabridge.trust.token_uri import parse

URI = "pkcs11:token=t;object=k?module-path=/usr/lib/module.so"


def written(folder: Path, text: str | bytes, mode: int = 0o600) -> Path:
    path = folder / "station.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    path.chmod(mode)
    return path


def test_without_a_file_all_keys_are_in_key_files(tmp_path: Path) -> None:
    keys = settings.load(tmp_path / "station.toml").keys
    assert (keys.station, keys.log, keys.recipient) == (None, None, None)


def test_each_key_may_be_in_a_token(tmp_path: Path) -> None:
    keys = settings.load(written(tmp_path, f'[keys]\nlog = "{URI}"\n')).keys
    assert keys.log is not None
    assert (keys.log.token, keys.log.key, keys.station) == ("t", "k", None)


def test_key_of_each_clerk_is_a_file_or_in_a_token(tmp_path: Path) -> None:
    """Claim C84."""
    lines = f'[clerks]\nclerk-1 = "{URI}"\nclerk-2 = "/media/own/clerk-2.json"\n'
    clerks = settings.load(written(tmp_path, lines)).clerks
    assert clerks == {"clerk-1": parse(URI), "clerk-2": Path("/media/own/clerk-2.json")}
    assert settings.load(tmp_path / "nothing.toml").clerks == {}


def test_each_kind_has_its_days(tmp_path: Path) -> None:
    kept = settings.load(written(tmp_path, "[retention]\nsealed = 60\ndelivered = 1\n")).retention
    assert (kept.sealed, kept.delivered, kept.receipts, kept.refused) == (60, 1, 400, 90)


def test_watch_does_what_the_lines_say(tmp_path: Path) -> None:
    lines = '[watch]\nseal = "daily"\nat = "16:30"\nempty = true\nhook = ["/bin/light", "2"]\n'
    rule = settings.load(written(tmp_path, lines + '[transport]\nfolder = "/srv/door"\n'))
    assert rule.transport == Path("/srv/door")
    assert rule.watch == settings.WatchRule(
        "daily", time(16, 30), empty=True, hook=("/bin/light", "2")
    )
    assert settings.Settings().watch == settings.WatchRule("never", None, empty=False, hook=())


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('[watch]\nseal = "weekly"\n', "watch.seal"),
        ('[watch]\nseal = "daily"\n', "a time stands beside"),
        ('[watch]\nat = "16:30"\n', "a time stands beside"),
        ('[watch]\nseal = "daily"\nat = "25:00"\n', "watch.at"),
        ('[watch]\nseal = "daily"\nat = "4pm"\n', "watch.at"),
        ('[watch]\nseal = "sequential"\nempty = true\n', "once a day"),
        ('[watch]\nhook = ["light"]\n', "absolute path"),
        ('[watch]\nhook = "/bin/light"\n', "watch.hook"),
        ('[watch]\nhook = ["/bin/light", ""]\n', "watch.hook"),
        ('[transport]\nfolder = "door"\n', "absolute path"),
        ("[transport]\n", "transport.folder"),
        ("[keys", "no TOML"),
        (b"\xff", "UTF-8"),
        ("[keys]\nofficer = 1\n", "officer"),
        ("[other]\n", "other"),
        ("[keys]\nlog = 1\n", "log"),
        ('[keys]\nlog = "k.json"\n', "is written"),
        (f'[keys]\nlog = "{URI}&pin-value=1234"\n', "PIN never stands"),
        ('[clerks]\nclerk-1 = "clerk-1.json"\n', "absolute path"),
        ("[clerks]\nclerk-1 = 1\n", "clerk-1"),
        ('[clerks]\nClerk = "/clerk.json"\n', "Clerk"),
        (f'[clerks]\nclerk-1 = "{URI}&pin-value=1234"\n', "PIN never stands"),
        ("[retention]\nsealed = 59\n", "sealed"),
        ("[retention]\nreceipts = 59\n", "receipts"),
        ("[retention]\ndelivered = 0\n", "delivered"),
        ("[retention]\nrefused = 40000\n", "refused"),
        ("[retention]\nlog = 400\n", "log"),
        ("#" * 70_000, "larger"),
    ],
)
def test_what_is_not_known_is_refused(tmp_path: Path, text: str | bytes, problem: str) -> None:
    with pytest.raises(SettingsError, match=problem) as caught:
        settings.load(written(tmp_path, text))
    assert caught.value.exit_code is ExitCode.CONFIGURATION
    assert "1234" not in str(caught.value)


@pytest.mark.parametrize("mode", [0o644, 0o620, 0o602])
def test_nobody_else_chooses_the_library(tmp_path: Path, mode: int) -> None:
    with pytest.raises(SettingsError):
        settings.load(written(tmp_path, f'[keys]\nlog = "{URI}"\n', mode))


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    there = written(tmp_path, "")
    link = tmp_path / "link.toml"
    link.symlink_to(there)
    with pytest.raises(SettingsError):
        settings.load(link)


def test_settings_of_an_installed_station_are_roots_and_may_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path, "[retention]\ndelivered = 7\n", 0o640)
    with pytest.raises(SettingsError):
        settings.load(path)
    monkeypatch.setattr(settings, "INSTALLED_SETTINGS", path)
    if os.geteuid() == 0:
        assert settings.load(path).retention.delivered == 7
    path.chmod(0o660)
    with pytest.raises(SettingsError):
        settings.load(path)


def test_settings_of_the_installed_station_are_in_etc_and_of_any_other_in_its_folder() -> None:
    installed = Home(Path("/var/lib/mediabridge")).settings_file
    assert installed == Path("/etc/mediabridge/station.toml")
    assert Home(Path("/srv/lgwan")).settings_file == Path("/srv/lgwan/station.toml")


@pytest.mark.parametrize("way", ["", "../mediabridge", "below/.."])
def test_settings_of_an_installed_station_are_roots_however_its_folder_is_spelt(way: str) -> None:
    assert Home(INSTALLED_HOME / way).settings_file == settings.INSTALLED_SETTINGS


def test_link_to_an_installed_station_leads_to_its_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = tmp_path / "link"
    link.symlink_to(INSTALLED_HOME)
    monkeypatch.chdir(tmp_path)
    for home in (link, Path("link")):
        assert Home(home).settings_file == settings.INSTALLED_SETTINGS
    assert Home(tmp_path).settings_file == tmp_path / "station.toml"
