"""Approving: only an officer, never the person who prepared the bundle."""

import shutil
from pathlib import Path

import pytest
from attacks.records import isa_csv
from attacks.world import World

from mediabridge.bundle import layout, sshsig
from mediabridge.clock import to_rfc3339
from mediabridge.errors import (
    ApprovalMissingError,
    HashMismatchError,
    OutboxChangedError,
    SamePersonError,
    SignerNotSenderError,
    SignerRevokedError,
    SignerRoleError,
    SummaryMismatchError,
)
from mediabridge.stations.books import BundleRow, BundleState
from mediabridge.stations.lgwan import LgwanStation
from mediabridge.stations.outgoing import approving
from mediabridge.stations.outgoing.approvals import approved_by
from mediabridge.stations.outgoing.approving import Shown, look_at
from mediabridge.stations.outgoing.outbox import approvals_in
from mediabridge.translog.events import Event
from mediabridge.trust.signers import Signer
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
        with pytest.raises(SignerRevokedError):
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
            look_at(station, row.bundle)


# --- the bytes that are shown are the bytes that are signed ---------------------------


def _exchange(station: LgwanStation, row: BundleRow, other: BundleRow) -> None:
    """Put the list, the header and the summary of *other* in the place of *row*'s."""
    outbox = station.home.outbox
    for name in (layout.SUMS, layout.HEADER, layout.STATION_SIGNATURE):
        shutil.copy(outbox / other.bundle / name, outbox / row.bundle / name)
    with station.books.transaction():
        station.books._db.execute(
            "UPDATE bundles SET (summary, salt, sums_sha256) ="
            " (SELECT summary, salt, sums_sha256 FROM bundles WHERE bundle = ?) WHERE bundle = ?",
            (other.bundle, row.bundle),
        )


def test_bundle_exchanged_while_it_is_shown_is_not_signed(world: World) -> None:
    """Claim C31."""
    with world.lgwan() as station:
        row, other = _sealed(world, station), station.seal(empty=True)

        def exchanging(_shown: Shown) -> Signer:
            _exchange(station, row, other)
            return world.key("officer-1")

        with pytest.raises(OutboxChangedError):
            station.have_approved(row.bundle, exchanging)
        assert approvals_in(station, row.bundle) == []
    assert Event.BUNDLE_APPROVED not in [entry.event for entry in world.log("lgwan-01")]


def test_bundle_exchanged_during_an_export_is_not_signed(world: World) -> None:
    """Claim C31. The others are approved and written all the same."""
    with world.lgwan() as station:
        row, other = _sealed(world, station), station.seal(empty=True)

        def exchanging(shown: Shown) -> Signer:
            if shown.row.bundle == row.bundle:
                _exchange(station, row, other)
            return world.key("officer-1")

        done = station.export(lambda: world.medium, approver=exchanging)
        assert [(each.row.bundle, type(each.error)) for each in done.refused] == [
            (row.bundle, OutboxChangedError)
        ]
        assert [each.bundle for each in done.written] == [other.bundle]
        assert approvals_in(station, row.bundle) == []


def test_bundle_exchanged_after_the_last_look_does_not_count(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Claim C31. The signature covers what was shown, so it is none of what lies there now."""
    with world.lgwan() as station:
        row, other = _sealed(world, station), station.seal(empty=True)
        write = approving.write_durably

        def late(path: Path, data: bytes) -> None:
            _exchange(station, row, other)
            write(path, data)

        monkeypatch.setattr(approving, "write_durably", late)
        assert station.approve(row.bundle, world.key("officer-1")).state is BundleState.SEALED
        assert approved_by(station, row.bundle) == []


@pytest.mark.parametrize("name", [layout.SUMS, layout.HEADER, layout.STATION_SIGNATURE])
def test_bundle_of_which_a_file_is_gone_is_not_shown(world: World, name: str) -> None:
    with world.lgwan() as station:
        row = _sealed(world, station)
        (station.home.outbox / row.bundle / name).unlink()
        with pytest.raises(OutboxChangedError):
            look_at(station, row.bundle)


def test_list_that_another_station_signed_is_not_shown(world: World) -> None:
    """Claim C34."""
    with world.lgwan() as station:
        row = _sealed(world, station)
        folder = station.home.outbox / row.bundle
        signature = sshsig.sign(
            (folder / layout.SUMS).read_bytes(),
            namespace=station.trust.bundle_namespace,
            signer=world.key("lgwan-02"),
        )
        (folder / layout.STATION_SIGNATURE).write_bytes(signature)
        with pytest.raises(SignerNotSenderError):
            look_at(station, row.bundle)
