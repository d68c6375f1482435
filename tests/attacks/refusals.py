"""What "refused" means: one exact reason, and nothing else happened."""

from __future__ import annotations

import json

import pytest
from attacks.world import World

from mediabridge.clock import Clock
from mediabridge.errors import (
    LogForkedError,
    LogRewrittenError,
    LogTruncatedError,
    MediabridgeError,
    PeerMirrorDiffersError,
    WitnessStateLostError,
)
from mediabridge.translog.events import Event
from mediabridge.verify.verdict import Step


def assert_refused(
    world: World,
    error: type[MediabridgeError],
    *,
    station: str = "registry-01",
    clock: Clock | None = None,
    first: tuple[Event, ...] = (),
) -> MediabridgeError:
    """Import the stick at *station* and require exactly *error*, without any effect.

    No output, no trace in staging or quarantine, registry and books as they were, and
    one entry in the log that says ``bundle-refused`` and why. Before it the log may
    only tell what was passed over, how far the examination came, and *first* what it says
    of the stick.
    """
    before, logged = world.snapshot(station), len(world.log(station))
    trusted = _trust_version(world, station)
    with pytest.raises(MediabridgeError) as refusal:
        world.import_(station, clock=clock)
    assert type(refusal.value) is error, refusal.value
    assert list(world.home(station).work.iterdir()) == []
    assert world.snapshot(station) == before
    passed = Event.DROPPINGS_PASSED
    entries = [each for each in world.log(station)[logged:] if each.event is not passed]
    newer = [Event.TRUST_UPDATED] if _trust_version(world, station) != trusted else []
    assert [each.event for each in entries] == [*first, *newer, *_story(refusal.value)]
    assert entries[-1].facts["reason"] == error.reason
    return refusal.value


ALARMS = (
    LogForkedError,
    LogRewrittenError,
    LogTruncatedError,
    PeerMirrorDiffersError,
    WitnessStateLostError,
)
"""Refusals of which the evidence is kept, and named by the log, before they are told."""


def _story(refusal: MediabridgeError) -> list[Event]:
    """Return what the log tells of a bundle that came as far as the verdict says."""
    reached = refusal.verdict.reached if refusal.verdict else 0
    verified = [Event.BUNDLE_VERIFIED] if reached >= Step.DECRYPT.number else []
    opened = [Event.BUNDLE_OPENED] if reached >= Step.LOG.number else []
    kept = [Event.ALARM_KEPT] if isinstance(refusal, ALARMS) else []
    return [*verified, *opened, *kept, Event.BUNDLE_REFUSED]


def _trust_version(world: World, station: str) -> int:
    accepted = world.home(station).trust_cache / "current" / "client" / "trust.json"
    return int(json.loads(accepted.read_bytes())["version"])
