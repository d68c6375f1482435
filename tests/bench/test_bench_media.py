"""The bench of media on a folder; on real USB it runs in tests/rig."""

import json
from pathlib import Path

import pytest
from simulator import SimulatedStick
from stations.sticks import usb

from mediabridge.bench import Figure, media, stick
from mediabridge.cli import bench as command
from mediabridge.cli._app import run
from mediabridge.cli._result import Table
from mediabridge.config import MIB
from mediabridge.media import direct
from mediabridge.media.slot import FolderSlot
from mediabridge.stations.sticks import leaving

pytestmark = pytest.mark.in_turns


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "medium"
    folder.mkdir()
    (folder / "kept.txt").write_text("was here before")
    return folder


def _scratch(tmp_path: Path) -> Path:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    return scratch


def test_both_figures_stand_beside_a_floor(folder: Path, tmp_path: Path) -> None:
    told: list[str] = []
    figures = list(
        media.run(_scratch(tmp_path), lambda: FolderSlot(folder), 2 * MIB, tell=told.append)
    )
    assert all(figure.measured > 0 and figure.floor > 0 for figure in figures)
    # Latency, not speed, is what two megabytes measure; a day has no promised ratio at all.
    assert [figure.bound for figure in figures] == [None, None]
    assert all(figure.name.endswith("unmounting not measured") for figure in figures)
    assert [path.name for path in folder.iterdir()] == ["kept.txt"]
    assert len(told) == 7


def test_stick_is_registered_served_and_left_as_it_was(tmp_path: Path) -> None:
    """A device, unlike a folder, has a number: the books know what is on it."""
    device = SimulatedStick(tmp_path / "stick", usb())
    (device.content / "kept.txt").write_text("was here before")
    device.plug()
    figures = list(media.run(_scratch(tmp_path), lambda: device, 2 * MIB, tell=lambda _: None))
    assert [figure.name.split(",")[0] for figure in figures] == [
        "write journey", "insertion to SAFE_TO_REMOVE"
    ]  # fmt: skip
    assert not device.is_present()
    assert [path.name for path in device.content.iterdir()] == ["kept.txt"]


def test_noise_is_not_made_smaller(folder: Path, tmp_path: Path) -> None:
    figures = media.run(
        _scratch(tmp_path), lambda: FolderSlot(folder), 2 * MIB, tell=lambda _: None
    )
    size = float(next(figures).name.split()[2])
    figures.close()  # type: ignore[attr-defined]
    assert 2 <= size < 2.5
    assert [path.name for path in folder.iterdir()] == ["kept.txt"]


def test_command_answers_in_json(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["bench", "media", "--size", "1MiB", "--medium", str(folder), "--folder", str(tmp_path)]
    assert run(["--lang", "en", "--json", *words]) == 0
    figures = json.loads(capsys.readouterr().out)["data"]["figures"]
    assert [(figure["bound"], figure["holds"]) for figure in figures] == [(None, None)] * 2


@pytest.mark.parametrize("name", ["MEDIABRIDGE", "medium.json"])
def test_medium_in_service_is_not_touched(
    folder: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / name).mkdir()
    assert run(["--lang", "en", "bench", "media", "--medium", str(folder)]) == 2
    assert f"the stick holds {name}" in capsys.readouterr().err
    assert sorted(path.name for path in folder.iterdir()) == sorted([name, "kept.txt"])


def test_folder_is_left_as_it_was_after_an_error(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        assert (folder / "MEDIABRIDGE").exists()
        raise RuntimeError

    monkeypatch.setattr(leaving, "let_go", fail)
    figures = media.run(_scratch(tmp_path), lambda: FolderSlot(folder), MIB, tell=lambda _: None)
    with pytest.raises(RuntimeError):
        list(figures)
    assert [path.name for path in folder.iterdir()] == ["kept.txt"]


def test_failed_floor_is_no_figure(folder: Path, tmp_path: Path) -> None:
    with (
        pytest.raises(RuntimeError, match="dd ended with 1"),
        stick.borrowed(FolderSlot(folder), 1) as tools,
    ):
        tools.copy(tmp_path / "nothing")


@pytest.mark.parametrize(
    ("bound", "shown", "holds"),
    [(None, ["-", "not promised"], None), (2.0, ["2.00", "holds"], True),
     (1.0, ["1.00", "BROKEN"], False)],
)  # fmt: skip
def test_figure_in_table(bound: float | None, shown: list[str], holds: bool | None) -> None:
    figure = Figure("a figure", 3.0, "s", "a floor", 2.0, bound)
    result = command._result([figure])
    (table,) = result.lines
    assert isinstance(table, Table)
    assert table.rows[0][-2:] == shown
    assert result.data["figures"][0]["holds"] is holds
    assert bool(result.code) is (holds is False)


def test_name_left_by_a_crash_is_not_in_the_way(tmp_path: Path) -> None:
    (tmp_path / ".mediabridge-direct").touch()
    before = direct.is_direct(str(tmp_path))
    assert direct.is_direct(str(tmp_path)) is before
    assert [path.name for path in tmp_path.iterdir()] == [".mediabridge-direct"]
