from pathlib import Path

import pytest

from mediabridge.bench import screen, start
from mediabridge.bench.spent import CommandFailedError
from mediabridge.cli._station import TRAINING_PASSPHRASE

pytestmark = pytest.mark.in_turns


def test_every_command_stands_beside_its_peer(tmp_path: Path) -> None:
    told: list[str] = []
    libraries, kiosk, *figures = start.run(tmp_path, 1, TRAINING_PASSPHRASE, tell=told.append)
    # What only a command with options is not without.
    assert libraries.bound is None
    assert libraries.measured > 0
    assert (kiosk.floor_name, kiosk.bound) == ("import textual", screen.BOUND)
    # The page was drawn, not only the library loaded.
    assert kiosk.measured > kiosk.floor > 0
    assert [figure.unit for figure in figures] == ["ms", "MiB", "modules"] * 5
    assert [figure.bound for figure in figures] == [start.BOUND, 1.0, None] * 5
    assert all(figure.measured > 0 and figure.floor > 0 for figure in figures)
    # The same peer for all, and memory against a bound that does not change.
    assert len({figure.floor for figure in figures[::3]}) == 1
    assert {figure.floor for figure in figures[1::3]} == {start.PEAK_BOUND_MIB}
    # More than Python itself loads: the command was carried out, not only begun.
    assert all(figure.measured > 2 * figure.floor for figure in figures[2::3])
    assert told == ["round 1 of 1"]


def test_command_that_fails_is_no_figure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nowhere = {"status": ["--home", str(tmp_path / "none"), "status"]}
    monkeypatch.setattr(start, "_at_lgwan", lambda _folder: nowhere)
    monkeypatch.setattr(start, "_at_registry", lambda _folder: {})
    with pytest.raises(CommandFailedError, match="status ended with 70"):
        start.run(tmp_path, 1, TRAINING_PASSPHRASE, tell=lambda _: None)


def test_screen_that_does_not_come_is_no_figure(tmp_path: Path) -> None:
    with pytest.raises(CommandFailedError):
        screen.figure(["--home", str(tmp_path / "none")], tmp_path, 1)
