"""The drill: it proves that the shares open what was sealed, keeps nothing, and is logged."""

from __future__ import annotations

import tempfile
from datetime import timedelta
from pathlib import Path

import pytest
from attacks.world import World, tree_of
from stations.recovery.emergency import HOLDERS, opened

from mediabridge.bundle import layout, opening, wraps
from mediabridge.clock import SystemClock, to_rfc3339
from mediabridge.errors import (
    EscrowDrillError,
    NothingOnMediumError,
    SharesTooFewError,
    TreeLinkError,
    UsageError,
)
from mediabridge.stations.recovery.drill import Drilled, drill
from mediabridge.translog.events import Entry, Event
from mediabridge.trust import escrow, signers


def try_at(world: World, *holders: str, medium: Path | None = None) -> Drilled:
    with world.lgwan() as station:
        return drill(station, opened(world, *holders), medium=medium)


def logged(world: World) -> list[Entry]:
    return [entry for entry in world.log("lgwan-01") if entry.event is Event.ESCROW_DRILL]


def test_drill_says_who_came_and_what_opened(world: World) -> None:
    done = try_at(world, "safe-1", "head-office")
    assert done == Drilled((world.bundle.name,), ("head-office", "safe-1"), 1)
    (entry,) = logged(world)
    assert dict(entry.facts) == {
        "bundle_count": 1,
        "refused": 0,
        "holders": ["head-office", "safe-1"],
    }


def test_status_says_when_the_last_drill_was(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def last() -> str | None:
        with world.lgwan() as station:
            return station.status().escrow_drill

    assert last() is None
    today = SystemClock().now()
    for days in (0, 7):
        then = today + timedelta(days=days)
        monkeypatch.setattr(SystemClock, "now", lambda _self, then=then: then)
        try_at(world, "safe-1", "head-office")
        world.send()
        assert last() == to_rfc3339(then)


def test_every_group_of_those_who_came_is_tried(world: World) -> None:
    assert try_at(world, *HOLDERS).groups == 3


def test_medium_is_tried_as_well(world: World) -> None:
    world.send()
    assert len(try_at(world, *HOLDERS[:2], medium=world.medium).bundles) == 2


def test_one_holder_tries_nothing(world: World) -> None:
    """Claim C71."""
    with pytest.raises(SharesTooFewError):
        try_at(world, "safe-1")
    assert logged(world) == []


@pytest.mark.parametrize("name", [layout.KEYS, layout.HEADER, layout.part_name(0)])
def test_bundle_that_would_not_open_fails_the_drill(world: World, name: str) -> None:
    """Claim C75. One bad bundle is named, the others are counted, and the log has both."""
    world.send()
    bad, good = sorted(path.name for path in world.home("lgwan-01").outbox.iterdir())
    outbox = world.home("lgwan-01").outbox
    # Each is as good as ever, but of another bundle.
    (outbox / bad / name).write_bytes((outbox / good / name).read_bytes())
    with pytest.raises(EscrowDrillError) as refusal:
        try_at(world, *HOLDERS[:2])
    assert bad in str(refusal.value)
    assert good not in str(refusal.value)
    (entry,) = logged(world)
    assert (entry.facts["bundle_count"], entry.facts["refused"]) == (1, 1)


def test_other_escrow_key_fails_the_drill(world: World) -> None:
    """Claim C75. Shares that are good, of a key for which nothing was sealed."""
    city = world.city.trust.city
    shares = escrow.split(signers.new_recipient_key("escrow"), city=city, holders=HOLDERS, needed=2)
    with world.lgwan() as station, pytest.raises(EscrowDrillError):
        drill(station, shares)
    assert logged(world)[0].facts["bundle_count"] == 0


def test_nothing_to_try_is_no_drill(world: World, tmp_path: Path) -> None:
    """Claim C75."""
    (tmp_path / layout.ROOT).mkdir()
    with pytest.raises(NothingOnMediumError):
        try_at(world, *HOLDERS, medium=tmp_path)
    outbox = world.home("lgwan-01").outbox
    outbox.rename(outbox.with_name("away"))
    outbox.mkdir()
    with pytest.raises(UsageError):
        try_at(world, *HOLDERS)
    assert logged(world) == []


def test_link_on_the_medium_is_not_followed(world: World) -> None:
    """Claim C6."""
    elsewhere = world.root / "bundles"
    bundles = world.bundles
    bundles.rename(elsewhere)
    bundles.symlink_to(elsewhere, target_is_directory=True)
    with pytest.raises(TreeLinkError):
        try_at(world, *HOLDERS, medium=world.medium)


def test_no_plaintext_and_no_key_reaches_a_disk(
    world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Claim C75. Whatever the drill writes while it runs is what lay in the bundle."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    written: dict[str, str] = {}
    keys: list[bytes] = []
    read_manifest, unwrap = opening._read_manifest, opening.unwrap

    def noting(folder: Path, *given: object, **named: object) -> object:
        manifest = read_manifest(folder, *given, **named)  # type: ignore[arg-type]
        written.update(tree_of(tmp_path))
        return manifest

    def noting_key(*given: object, **named: object) -> bytes:
        keys.append(unwrap(*given, **named))  # type: ignore[arg-type]
        return keys[-1]

    monkeypatch.setattr(opening, "_read_manifest", noting)
    monkeypatch.setattr(opening, "unwrap", noting_key)
    try_at(world, *HOLDERS[:2])
    assert set(written.values()) <= set(tree_of(world.bundle).values())
    assert len(written) == 1
    assert tree_of(tmp_path) == {}
    assert [len(key) for key in keys] == [wraps.BUNDLE_KEY_BYTES]
    files = (path for path in world.root.rglob("*") if path.is_file())
    found = [path for path in files if keys[0] in path.read_bytes()]
    assert found == []
