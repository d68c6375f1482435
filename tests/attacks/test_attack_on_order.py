"""When a bundle may be taken: replay, old numbers, gaps, broken chains, dates, destinations."""

import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from attacks.forge import Forge, changed
from attacks.records import isa_csv
from attacks.refusals import assert_refused
from attacks.world import World

from mediabridge.clock import SystemClock, to_rfc3339
from mediabridge.errors import (
    AlreadyAppliedError,
    BundleExpiredError,
    BundleNotYetValidError,
    BundleParkedError,
    ExitCode,
    HashMismatchError,
    ModeMismatchError,
    PrevMismatchError,
    ProfileNotAllowedError,
    SequenceOldError,
    SignerNotSenderError,
    WrongDestinationError,
)
from mediabridge.translog.events import Event


def _assert_repeated(world: World) -> None:
    before, logged = world.snapshot(), len(world.log())
    with pytest.raises(AlreadyAppliedError) as repeated:
        world.import_()
    assert repeated.value.exit_code is ExitCode.NOTHING_NEW
    assert world.snapshot() == before
    entries = world.log()[logged:]
    assert [entry.event for entry in entries] == [Event.BUNDLE_REPEATED]
    assert entries[0].facts["reason"] == "ALREADY_APPLIED"


def test_same_bundle_again(world: World) -> None:
    """Claim C13."""
    world.import_()
    _assert_repeated(world)


def test_same_bundle_under_another_name(world: World) -> None:
    """Claim C13."""
    world.import_()
    world.bundle.rename(world.bundles / ("f" * 32))
    _assert_repeated(world)


def test_same_bundle_twice_on_one_stick(world: World) -> None:
    """Claim C13. The copy, which comes second, is recognised as what was just taken."""
    name = world.bundle.name
    shutil.copytree(world.bundles / name, world.bundles / ("f" * 32))
    (taken,) = world.import_()
    assert taken.bundle == name
    events = [entry.event for entry in world.log()]
    assert events.count(Event.BUNDLE_APPLIED) == 1
    assert events[-1] is Event.BUNDLE_REPEATED
    with pytest.raises(AlreadyAppliedError):
        world.import_()


def test_same_notices_in_another_bundle(world: World) -> None:
    """Claim C13. A replay of records instead of the bundle: nothing is applied twice."""
    world.import_()
    world.send(isa_csv((1, 1), (2, 2), (3, 99), (4, 3)))
    assert world.import_()[-1].outcomes == {
        "applied": 1, "already_applied": 2, "held": 1
    }  # fmt: skip


def test_borrowed_list(world: World, forge: Forge) -> None:
    """Claim C13. The list of a bundle that was taken does not make a new bundle look old."""
    world.import_()
    taken = world.bundle
    signed = {path.name: path.read_bytes() for path in taken.iterdir() if "SUMS" in path.name}
    folder = forge.seal(header=changed(seq=2, prev="a" * 64))
    for name, data in signed.items():
        (folder / name).write_bytes(data)
    assert_refused(world, HashMismatchError)


def test_older_sequence(world: World, forge: Forge) -> None:
    """Claim C14."""
    world.import_()
    forge.seal()
    assert_refused(world, SequenceOldError)


@pytest.mark.parametrize("taken", [False, True])
def test_gap(world: World, forge: Forge, taken: bool) -> None:
    """Claim C15. It is kept as it came; nothing of it is opened, and nothing applied."""
    if taken:
        world.import_()
    folder = forge.seal(header=changed(seq=3, prev="a" * 64))
    for other in world.bundles.iterdir():
        if other != folder:
            shutil.rmtree(other)
    before, logged = world.snapshot(), len(world.log())
    with pytest.raises(BundleParkedError) as early:
        world.import_()
    assert early.value.facts["missing"] == ("2" if taken else "1-2")
    assert world.snapshot() == before
    assert [entry.event for entry in world.log()[logged:]] == [Event.BUNDLE_PARKED]


def test_prev_mismatch(world: World, forge: Forge) -> None:
    """Claim C16."""
    world.import_()
    forge.seal(header=changed(seq=2, prev="a" * 64))
    assert_refused(world, PrevMismatchError)


@dataclass(frozen=True)
class FixedClock:
    """A clock that stands still."""

    at: datetime

    def now(self) -> datetime:
        return self.at


def test_expired_bundle(world: World) -> None:
    """Claim C17."""
    late = FixedClock(SystemClock().now() + timedelta(days=30, hours=1))
    assert_refused(world, BundleExpiredError, clock=late)


def test_bundle_of_the_future(world: World, forge: Forge) -> None:
    """Claim C17."""
    now = SystemClock().now()
    forge.seal(header=changed(created=to_rfc3339(now + timedelta(hours=25))))
    assert_refused(world, BundleNotYetValidError)


def test_clocks_may_differ_by_a_day(world: World) -> None:
    """Claim C17."""
    early = FixedClock(SystemClock().now() - timedelta(hours=23))
    assert world.import_(clock=early)[0].outcomes["applied"] == 2


@pytest.mark.parametrize(
    "profile",
    [
        "hpke-x25519-sha256-aes128gcm+cobblestone256+zstd",
        "hpke-mlkem1024p384-sha384-aes256gcm+cobblestone128+zstd",
        "none",
    ],
)
def test_weaker_or_unknown_profile(world: World, forge: Forge, profile: str) -> None:
    """Claim C20."""
    forge.seal(header=changed(profile=profile))
    assert_refused(world, ProfileNotAllowedError)


def test_profile_no_longer_allowed(world: World) -> None:
    """Claim C20. The list of profiles is in the trust data; the bundle has no say."""
    world.publish(profiles=("hpke-mlkem1024p384-sha384-aes256gcm+successor",))
    assert_refused(world, ProfileNotAllowedError)


def test_training_bundle_at_live_station(live_world: World) -> None:
    """Claim C19."""
    Forge(live_world).seal()
    assert_refused(live_world, ModeMismatchError)


def test_live_bundle_at_training_station(world: World, forge: Forge) -> None:
    """Claim C19."""
    forge.seal(header=changed(mode="live"))
    assert_refused(world, ModeMismatchError)


def test_wrong_destination(world: World) -> None:
    """Claim C18."""
    assert_refused(world, WrongDestinationError, station="lgwan-02")


def test_route_that_does_not_exist(world: World, forge: Forge) -> None:
    """Claim C18."""
    forge.seal(header=changed(route={"from": "lgwan-01", "to": "lgwan-02"}))
    assert_refused(world, WrongDestinationError, station="lgwan-02")


def test_sender_that_does_not_exist(world: World, forge: Forge) -> None:
    """Claim C18."""
    forge.seal(header=changed(route={"from": "lgwan-09", "to": "registry-01"}))
    assert_refused(world, WrongDestinationError)


def test_other_station_in_the_name_of_the_sender(world: World, forge: Forge) -> None:
    """Claim C34. Sealed from nothing by another enrolled station, officers and all."""
    forge.seal(
        station="lgwan-02",
        header=changed(route={"from": "lgwan-01", "to": "registry-01"}),
    )
    assert_refused(world, SignerNotSenderError)
