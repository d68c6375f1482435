from pathlib import Path

import pytest

from mediabridge.bench import Figure, Missing
from mediabridge.bench.spent import CommandFailedError
from mediabridge.errors import PulledOutError
from mediabridge.kiosk import answering
from mediabridge.stations.lgwan import LgwanStation

pytestmark = pytest.mark.in_turns


def test_keys_are_pressed_while_the_bundle_is_written(tmp_path: Path) -> None:
    told: list[str] = []
    figures = list(answering.run(tmp_path, 1 << 20, tell=told.append))
    assert told == ["sealing", "writing"]
    promised, slowest, at_rest = (each for each in figures if isinstance(each, Figure))
    assert (promised.floor, promised.bound) == (answering.BOUND_SECONDS * 1e3, 1.0)
    assert 0 < promised.measured <= slowest.measured
    assert at_rest.measured == promised.measured
    assert list((tmp_path / "medium" / "MEDIABRIDGE" / "bundles").iterdir())


def test_bundle_that_is_not_written_is_no_figure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def pulled(*_: object) -> None:
        raise PulledOutError(medium="BENCH-1")

    monkeypatch.setattr(LgwanStation, "write", pulled)
    with pytest.raises(CommandFailedError):
        list(answering.run(tmp_path, 1 << 20, tell=lambda _: None))


def test_without_its_library_it_is_not_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answering, "find_spec", lambda _name: None)
    (figure,) = answering.run(tmp_path, 1, tell=lambda _: None)
    assert isinstance(figure, Missing)
    assert figure.programs == ("textual",)
