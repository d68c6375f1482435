"""Approvals that hold count; those that do not are taken off, and the bundle waits again."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from attacks.records import isa_csv
from attacks.world import World, flip

from mediabridge.bundle import layout, sshsig
from mediabridge.clock import SystemClock, to_rfc3339
from mediabridge.errors import (
    ApprovalMissingError,
    HashMismatchError,
    MediabridgeError,
    OutboxChangedError,
    SamePersonError,
    SignerExpiredError,
    SignerNotYetValidError,
    SignerRevokedError,
)
from mediabridge.kinds import Kind
from mediabridge.stations.books import BundleRow, BundleState
from mediabridge.stations.lgwan import LgwanStation
from mediabridge.stations.outgoing.approvals import approved_by
from mediabridge.stations.outgoing.approving import Shown
from mediabridge.stations.outgoing.outbox import approvals_in
from mediabridge.translog.events import Event
from mediabridge.trust.signers import Signer
from mediabridge.trust.trust_data import Revocation

NOTICES = isa_csv((1, 1))


@dataclass(frozen=True)
class Later:
    """The machine's clock, *days* on."""

    days: float

    def now(self) -> datetime:
        return SystemClock().now() + timedelta(days=self.days)


def seal(world: World, station: LgwanStation) -> BundleRow:
    path = world.root / "isa.csv"
    path.write_bytes(NOTICES)
    station.collect(path)
    return station.seal(empty=True)


def away(days: float) -> str:
    return to_rfc3339(Later(days).now())


def holders(world: World, group: str, name: str, **changes: Any) -> None:
    """Publish trust data in which the key of *name* is valid at other times."""
    changed = tuple(
        each.model_copy(update=changes) if each.label == name else each
        for each in getattr(world.city.trust, group)
    )
    world.publish(**{group: changed})


def revoke(world: World, name: str, version: int = 2) -> None:
    key = sshsig.fingerprint(world.key(name).public_key)
    revoked = Revocation(key=key, at=away(0), reason="KEY_LOST")
    world.publish(version, revoked=(revoked,))


def take_trust(world: World, station: LgwanStation) -> None:
    station.accept_trust(layout.trust_folder(world.medium))


def removed(world: World) -> list[tuple[object, object]]:
    return [
        (entry.facts["reason"], entry.facts["signers"])
        for entry in world.log("lgwan-01")
        if entry.event is Event.APPROVAL_REMOVED
    ]


@pytest.mark.parametrize(
    ("changes", "error", "words"),
    [
        ({"valid_from": away(-2), "valid_until": away(-1)}, SignerExpiredError, "was valid until"),
        ({"valid_from": away(1)}, SignerNotYetValidError, "is not valid before"),
    ],
)
def test_officer_whose_key_does_not_count_cannot_approve(
    world: World, changes: dict[str, str], error: type[MediabridgeError], words: str
) -> None:
    """Claim C28. Nothing is signed, so the route lives on."""
    holders(world, "people", "officer-1", **changes)
    with world.lgwan() as station:
        take_trust(world, station)
        row = seal(world, station)
        with pytest.raises(error, match=words):
            station.approve(row.bundle, world.key("officer-1"))
        assert approvals_in(station, row.bundle) == []
        row = station.approve(row.bundle, world.key("officer-2"))
        assert station.write(row, world.medium).state is BundleState.WRITTEN


def test_revoked_officer_is_told_so(world: World) -> None:
    """Claim C29."""
    revoke(world, "officer-1")
    with world.lgwan() as station:
        take_trust(world, station)
        row = seal(world, station)
        with pytest.raises(SignerRevokedError, match="has been revoked"):
            station.approve(row.bundle, world.key("officer-1"))


def test_key_that_became_valid_after_sealing_cannot_approve(world: World) -> None:
    """Claim C28. The receiver asks for validity on the day the bundle was made."""
    with world.lgwan() as station:
        row = seal(world, station)
    holders(world, "people", "officer-1", valid_from=away(0.5))
    with world.lgwan(clock=Later(0.9)) as station:
        take_trust(world, station)
        with pytest.raises(SignerNotYetValidError):
            station.approve(row.bundle, world.key("officer-1"))


def test_key_that_expired_after_sealing_cannot_approve(world: World) -> None:
    """Claim C28. The receiver could not tell, so the sender does not begin."""
    with world.lgwan() as station:
        row = seal(world, station)
    holders(world, "people", "officer-1", valid_until=away(0.5))
    with world.lgwan(clock=Later(0.9)) as station:
        take_trust(world, station)
        with pytest.raises(SignerExpiredError):
            station.approve(row.bundle, world.key("officer-1"))


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"valid_from": away(-2), "valid_until": away(-1)}, SignerExpiredError),
        ({"valid_from": away(1)}, SignerNotYetValidError),
    ],
)
def test_station_whose_own_key_does_not_count_seals_nothing(
    world: World, changes: dict[str, str], error: type[MediabridgeError]
) -> None:
    """Claim C28. What it sealed could never be written, and would stop the route."""
    holders(world, "stations", "lgwan-01", **changes)
    with world.lgwan() as station:
        take_trust(world, station)
        with pytest.raises(error):
            seal(world, station)
        assert station.books.bundles() == []


def test_station_whose_own_key_is_revoked_seals_nothing(world: World) -> None:
    """Claim C29."""
    revoke(world, "lgwan-01")
    with world.lgwan() as station:
        take_trust(world, station)
        with pytest.raises(SignerRevokedError):
            seal(world, station)
        assert station.books.bundles() == []


def test_revocation_between_approving_and_writing(world: World) -> None:
    """Claim C29. The approval is taken off, the bundle waits, and another officer signs."""
    with world.lgwan() as station:
        row = seal(world, station)
        station.approve(row.bundle, world.key("officer-1"))
    revoke(world, "officer-1")
    with world.lgwan() as station:
        take_trust(world, station)
        done = station.export(lambda: world.medium)
        assert (done.written, [each.bundle for each in done.waiting]) == ([], [row.bundle])
        assert removed(world) == [("SIGNER_REVOKED", ["officer-1"])]
        row = station.approve(row.bundle, world.key("officer-2"))
        assert row.state is BundleState.APPROVED
        station.write(row, world.medium)
    assert world.import_()[0].outcomes == {"applied": 1}


def test_revocation_is_seen_by_writing_alone(world: World) -> None:
    """Claim C21."""
    with world.lgwan() as station:
        row = station.approve(seal(world, station).bundle, world.key("officer-1"))
        revoke(world, "officer-1")
        take_trust(world, station)
        with pytest.raises(ApprovalMissingError):
            station.write(row, world.medium)
        assert [each.bundle for each in station.books.bundles_in(BundleState.SEALED)] == [
            row.bundle
        ]
    assert not layout.bundles_folder(world.medium).exists()


def test_more_approvals_asked_for_meanwhile(world: World) -> None:
    """Claim C22."""
    with world.lgwan() as station:
        row = station.approve(seal(world, station).bundle, world.key("officer-1"))
    routes = tuple(
        route.model_copy(update={"approvals": 2}) if route.sender == "lgwan-01" else route
        for route in world.city.trust.routes
    )
    world.publish(routes=routes)
    with world.lgwan() as station:
        take_trust(world, station)
        assert station.export(lambda: world.medium).written == []
        assert approved_by(station, row.bundle) == ["officer-1"]
        station.approve(row.bundle, world.key("officer-2"))
        assert len(station.export(lambda: world.medium).written) == 1


STRAY = layout.approval_name("officer-2")


def _rubbish(station: LgwanStation, row: BundleRow) -> None:
    (station.home.outbox / row.bundle / STRAY).write_bytes(b"rubbish")


def _another_bundles(station: LgwanStation, row: BundleRow) -> None:
    folder = station.home.outbox / row.bundle
    (folder / STRAY).write_bytes((folder / layout.approval_name("officer-1")).read_bytes())


def _folder(station: LgwanStation, row: BundleRow) -> None:
    (station.home.outbox / row.bundle / STRAY / "x").mkdir(parents=True)


def _pipe(station: LgwanStation, row: BundleRow) -> None:
    os.mkfifo(station.home.outbox / row.bundle / STRAY)


def _link(station: LgwanStation, row: BundleRow) -> None:
    folder = station.home.outbox / row.bundle
    (folder / STRAY).symlink_to(folder / layout.approval_name("officer-1"))


def _digits(station: LgwanStation, row: BundleRow) -> None:
    (station.home.outbox / row.bundle / layout.approval_name("12345678")).write_bytes(b"x")


@pytest.mark.parametrize("put", [_rubbish, _another_bundles, _folder, _pipe, _link, _digits])
def test_stray_signature_in_the_outbox_stops_nothing(world: World, put: Any) -> None:
    """Claim C22. It does not count for an approval, and it does not spoil the good one."""
    with world.lgwan() as station:
        row = station.approve(seal(world, station).bundle, world.key("officer-1"))
        put(station, row)
        done = station.export(lambda: world.medium)
        assert [each.bundle for each in done.written] == [row.bundle]
        assert approvals_in(station, row.bundle) == [layout.approval_name("officer-1")]
    assert len(removed(world)) == 1
    assert world.import_()[0].outcomes == {"applied": 1}


def test_stray_signature_is_no_approval(world: World) -> None:
    """Claim C21. Two files of the right names were enough to be called approved."""
    with world.lgwan() as station:
        row = seal(world, station)
        _rubbish(station, row)
    with world.lgwan() as station:
        assert [each.state for each in station.books.bundles()] == [BundleState.SEALED]
        assert approved_by(station, row.bundle) == []


@pytest.mark.parametrize("name", [".DS_Store", "0" * 32])
def test_strange_file_in_the_outbox_does_not_stop_the_station(world: World, name: str) -> None:
    (world.home("lgwan-01").outbox / name).write_bytes(b"")
    with world.lgwan() as station:
        assert station.approve(seal(world, station).bundle, world.key("officer-1")).seq == 1


def test_approval_by_whoever_prepared_the_bundle_is_taken_off(world: World) -> None:
    """Claim C30."""
    with world.lgwan() as station:
        path = world.root / "isa.csv"
        path.write_bytes(NOTICES)
        station.collect(path, operator="officer-1")
        row = station.seal(operator="officer-1")
        folder = station.home.outbox / row.bundle
        signature = sshsig.sign(
            (folder / layout.SUMS).read_bytes(),
            namespace=station.trust.approve_namespace,
            signer=world.key("officer-1"),
        )
        (folder / layout.approval_name("officer-1")).write_bytes(signature)
    with world.lgwan() as station:
        assert station.books.bundles_in(BundleState.APPROVED) == []
    assert removed(world) == [(SamePersonError.reason, ["officer-1"])]


# --- one bundle that cannot go does not keep the others -------------------------------


def _other_byte(station: LgwanStation, row: BundleRow) -> None:
    flip(station.home.outbox / row.bundle / layout.KEYS)


def _no_list(station: LgwanStation, row: BundleRow) -> None:
    (station.home.outbox / row.bundle / layout.SUMS).unlink()


def _other_list(station: LgwanStation, row: BundleRow) -> None:
    path = station.home.outbox / row.bundle / layout.SUMS
    path.write_bytes(path.read_bytes().replace(b"0", b"1"))


@pytest.mark.parametrize(
    ("spoil", "error"),
    [
        (_other_byte, HashMismatchError),
        (_no_list, OutboxChangedError),
        (_other_list, MediabridgeError),
    ],
)
def test_bundle_that_cannot_go_does_not_keep_the_others(
    world: World, spoil: Any, error: type[MediabridgeError]
) -> None:
    with world.lgwan() as station:
        first, second = seal(world, station), station.seal(empty=True)
        for row in (first, second):
            station.approve(row.bundle, world.key("officer-1"))
        spoil(station, first)
        done = station.export(lambda: world.medium)
        assert [each.bundle for each in done.written] == [second.bundle]
        assert [each.row.bundle for each in done.refused] == [first.bundle]
        assert isinstance(done.refused[0].error, error)


def test_bundle_that_cannot_be_shown_does_not_keep_the_others(world: World) -> None:
    with world.lgwan() as station:
        first, second = seal(world, station), station.seal(empty=True)
        _no_list(station, first)
        seen: list[str] = []

        def approver(shown: Shown) -> Signer:
            seen.append(shown.row.bundle)
            return world.key("officer-1")

        done = station.export(lambda: world.medium, approver=approver)
        assert seen == [second.bundle]
        assert [each.row.bundle for each in done.refused] == [first.bundle]


@pytest.mark.parametrize(("records", "enough"), [(True, False), (False, True)])
def test_a_kind_may_need_more_approvals(world: World, records: bool, enough: bool) -> None:
    """Claim C22. One officer is enough for an empty bundle, two for one with such records."""
    routes = [
        route.model_copy(update={"approvals_by_kind": {Kind.ISA_NOTICE: 2}})
        if route.sender == "lgwan-01"
        else route
        for route in world.city.trust.routes
    ]
    world.publish(routes=tuple(routes))
    with world.lgwan() as station:
        station.accept_trust(layout.trust_folder(world.medium))
        row = seal(world, station) if records else station.seal(empty=True)
        assert row.state is BundleState.SEALED
        row = station.approve(row.bundle, world.key("officer-1"))
        assert (row.state is BundleState.APPROVED) is enough
        row = station.approve(row.bundle, world.key("officer-2"))
        assert row.state is BundleState.APPROVED
