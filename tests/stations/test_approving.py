"""Approving: only an officer, never the person who prepared the bundle."""

import pytest
from attacks.records import isa_csv
from attacks.world import World

from mediabridge.bundle import layout, sshsig
from mediabridge.clock import to_rfc3339
from mediabridge.errors import (
    ApprovalMissingError,
    HashMismatchError,
    SamePersonError,
    SignerRevokedError,
    SignerRoleError,
    SignerUnknownError,
    SummaryMismatchError,
)
from mediabridge.stations.books import BundleRow, BundleState
from mediabridge.stations.lgwan import LgwanStation
from mediabridge.stations.outgoing.approving import approved_by, summary_of
from mediabridge.trust.trust_data import Revocation


def _sealed(world: World, station: LgwanStation, operator: str = "clerk-1") -> BundleRow:
    path = world.root / "isa.csv"
    path.write_bytes(isa_csv((1, 1)))
    station.collect(path, operator=operator)
    return station.seal(operator=operator)


def test_clerk_cannot_approve(world: World) -> None:
    with world.lgwan() as station:
        row = _sealed(world, station)
        with pytest.raises(SignerRoleError):
            station.approve(row.bundle, world.key("clerk-1"))
        assert approved_by(station, row.bundle) == []


def test_preparing_officer_cannot_approve(world: World) -> None:
    with world.lgwan() as station:
        row = _sealed(world, station, operator="officer-1")
        with pytest.raises(SamePersonError):
            station.approve(row.bundle, world.key("officer-1"))
        assert station.approve(row.bundle, world.key("officer-2")).state is BundleState.APPROVED


def test_station_key_cannot_approve(world: World) -> None:
    with world.lgwan() as station:
        row = _sealed(world, station)
        with pytest.raises(SignerRoleError):
            station.approve(row.bundle, world.key("registry-01"))


def test_revoked_officer_cannot_approve(world: World) -> None:
    key = world.key("officer-1")
    with world.lgwan() as station:
        at = to_rfc3339(station.clock.now())
    revoked = Revocation(key=sshsig.fingerprint(key.public_key), at=at, reason="KEY_LOST")
    world.publish(revoked=(revoked,))
    with world.lgwan() as station:
        station.accept_trust(layout.trust_folder(world.medium))
        row = _sealed(world, station)
        with pytest.raises((SignerUnknownError, SignerRevokedError)):
            station.approve(row.bundle, key)


def test_unapproved_bundle_stays(world: World) -> None:
    with world.lgwan() as station:
        row = _sealed(world, station)
        with pytest.raises(ApprovalMissingError):
            station.write(row, world.medium)
    assert not layout.bundles_folder(world.medium).exists()


def test_changed_header_is_not_signed(world: World) -> None:
    with world.lgwan() as station:
        row = _sealed(world, station)
        header = station.home.outbox / row.bundle / layout.HEADER
        header.write_bytes(header.read_bytes().replace(b'"seq":1', b'"seq":2'))
        with pytest.raises(HashMismatchError):
            station.approve(row.bundle, world.key("officer-1"))


def test_changed_summary_is_not_signed(world: World) -> None:
    with world.lgwan() as station:
        row = _sealed(world, station)
        with station.books.transaction():
            station.books._db.execute(
                "UPDATE bundles SET summary = replace(summary, '\"files\": 2', '\"files\": 9')"
            )
        with pytest.raises(SummaryMismatchError):
            summary_of(station, row.bundle)
