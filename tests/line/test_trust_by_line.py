"""Trust data that a hub offers is taken as from a medium; a hub cannot make any."""

from __future__ import annotations

from functools import partial

from line.over import AGENCY, LGWAN, Line
from trust.test_trust_client_roots import rotate

from mediabridge.errors import LineDownError
from mediabridge.translog.events import Event


def offered(line: Line) -> None:
    """Have the hub offer what the city has published by now."""
    repository = line.world.city.repository
    line.hub.trust = {
        path.relative_to(repository).as_posix(): path.read_bytes()
        for path in repository.glob("*/*")
    }


def cut_at(last: str, _method: str, path: str) -> bool:
    return path.endswith(last)


def version(line: Line, station: str) -> int:
    with line.world.open(station) as opened:
        return opened.trust.version


def test_newer_trust_data_comes_over_the_line(line: Line) -> None:
    offered(line)
    assert line.sync(LGWAN).is_empty
    line.world.publish(2)
    line.world.publish(3)
    offered(line)
    for station in (LGWAN, AGENCY):
        done = line.sync(station)
        assert (done.fetched.trust, done.problems) == (3, [])
        assert version(line, station) == 3
        assert line.count(station, Event.TRUST_UPDATED) == 1
        assert line.sync(station).is_empty
        assert not (line.world.home(station).line / "trust").exists()


def test_root_that_was_changed_comes_with_what_it_signs(line: Line) -> None:
    rotate(line.world.city, times=2)
    line.world.publish(2)
    offered(line)
    assert line.sync(LGWAN).fetched.trust == 2
    with line.world.lgwan() as lgwan:
        assert (lgwan.trust_copy / "metadata/3.root.json").exists()


def test_a_cut_line_changes_nothing_and_the_next_time_has_all(line: Line) -> None:
    line.world.publish(2)
    offered(line)
    asked = [f"{number}.{name}.json" for number, name in ((2, "snapshot"), (2, "targets"))]
    for last in ("timestamp.json", *asked, "trust.json", "2.root.json"):
        line.hub.cut = partial(cut_at, last)
        assert isinstance(line.sync(LGWAN).cut, LineDownError), last
        assert version(line, LGWAN) == 1
    line.hub.cut = lambda _method, _path: False
    assert line.sync(LGWAN).fetched.trust == 2
