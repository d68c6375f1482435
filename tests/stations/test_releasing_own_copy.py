"""Releasing: a copy of the station's own that has gone bad never becomes a bundle on a stick."""

import pytest
from attacks.records import isa_csv
from attacks.world import World

from mediabridge.bundle import layout
from mediabridge.errors import HashMismatchError, TreeUnexpectedError
from mediabridge.media import writing
from mediabridge.stations.books import BundleRow, BundleState
from mediabridge.stations.lgwan import LgwanStation
from mediabridge.translog.events import Event


def _approved(world: World, station: LgwanStation) -> BundleRow:
    path = world.root / "isa.csv"
    path.write_bytes(isa_csv((1, 1)))
    station.collect(path)
    return station.approve(station.seal().bundle, world.key("officer-1"))


def _events(world: World) -> list[Event]:
    return [entry.event for entry in world.log("lgwan-01")]


@pytest.mark.parametrize("name", [layout.KEYS, layout.part_name(0), layout.part_name(1)])
def test_own_copy_gone_bad_is_not_written(
    world: World, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    order: list[str] = []
    copy = writing._copy

    def noting(*words: object) -> object:
        order.append(words[0].name)  # type: ignore[attr-defined]
        return copy(*words)  # type: ignore[arg-type]

    with world.lgwan() as station:
        row = _approved(world, station)
        path = station.home.outbox / row.bundle / name
        good = path.read_bytes()
        path.write_bytes(good[:-1] + bytes([good[-1] ^ 1]))
        monkeypatch.setattr(writing, "_copy", noting)
        with pytest.raises(HashMismatchError):
            station.write(row, world.medium)
        # No signature ever followed it, and nothing of it stays.
        assert order[-1] == name
        assert list(layout.bundles_folder(world.medium).iterdir()) == []
        assert station.books.bundles_in(BundleState.APPROVED) == [row]
        path.write_bytes(good)
        assert station.write(row, world.medium).state is BundleState.WRITTEN
    assert _events(world)[-3:] == [
        Event.JOURNEY_RECOVERED, Event.BUNDLE_RELEASED, Event.BUNDLE_WRITTEN
    ]  # fmt: skip


def test_own_copy_with_a_part_missing_is_not_begun(world: World) -> None:
    with world.lgwan() as station:
        row = _approved(world, station)
        (station.home.outbox / row.bundle / layout.part_name(1)).unlink()
        with pytest.raises(TreeUnexpectedError):
            station.write(row, world.medium)
    assert not layout.bundles_folder(world.medium).exists()
    assert Event.BUNDLE_RELEASED not in _events(world)
