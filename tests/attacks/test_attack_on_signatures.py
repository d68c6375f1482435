"""Who may sign: approvals, roles, namespaces, strangers, keys that ran out or were revoked."""

import shutil
from typing import Any

import pytest
from attacks.forge import APPROVE_NAMESPACE, BUNDLE_NAMESPACE, Forge
from attacks.refusals import assert_refused
from attacks.world import World

from mediabridge.bundle import layout, sshsig
from mediabridge.clock import SystemClock, to_rfc3339
from mediabridge.errors import (
    ApprovalMissingError,
    ApprovalsTooFewError,
    SignatureInvalidError,
    SignatureMalformedError,
    SignatureNamespaceError,
    SignerExpiredError,
    SignerNotYetValidError,
    SignerRevokedError,
    SignerRoleError,
    SignerUnknownError,
)
from mediabridge.kinds import Kind
from mediabridge.trust import keytext
from mediabridge.trust.trust_data import Revocation

STATION = layout.STATION_SIGNATURE
APPROVAL = layout.approval_name("officer-1")


def test_no_approval(world: World) -> None:
    """Claim C21."""
    (world.bundle / APPROVAL).unlink()
    assert_refused(world, ApprovalMissingError)


def test_too_few_approvals(world: World) -> None:
    """Claim C22."""
    routes = world.city.trust.routes
    strict = [route.model_copy(update={"approvals": 2}) for route in routes]
    world.publish(routes=tuple(strict))
    assert_refused(world, ApprovalsTooFewError)


def test_too_few_approvals_for_a_kind(world: World) -> None:
    """Claim C22. What is inside is known only when it is opened; nothing was applied by then."""
    routes = [
        route.model_copy(update={"approvals_by_kind": {Kind.ISA_NOTICE: 2}})
        if Kind.ISA_NOTICE in route.kinds
        else route
        for route in world.city.trust.routes
    ]
    world.publish(routes=tuple(routes))
    assert_refused(world, ApprovalsTooFewError)


def test_approval_counted_twice(world: World, forge: Forge) -> None:
    """Claim C23. One officer under a second name."""
    forge.sign(world.bundle, layout.approval_name("officer-2"), "officer-1", APPROVE_NAMESPACE)
    assert_refused(world, SignerRoleError)


def test_station_posing_as_officer(world: World, forge: Forge) -> None:
    """Claim C24."""
    forge.sign(world.bundle, APPROVAL, "lgwan-01", APPROVE_NAMESPACE)
    assert_refused(world, SignerRoleError)


def test_station_approving_itself(world: World, forge: Forge) -> None:
    """Claim C24."""
    forge.sign_all(world.bundle, approvers=["lgwan-01"])
    assert_refused(world, SignerRoleError)


def test_clerk_posing_as_officer(world: World, forge: Forge) -> None:
    """Claim C24."""
    forge.sign_all(world.bundle, approvers=["clerk-1"])
    assert_refused(world, SignerRoleError)


def test_officer_posing_as_station(world: World, forge: Forge) -> None:
    """Claim C24."""
    forge.sign(world.bundle, STATION, "officer-2", BUNDLE_NAMESPACE)
    assert_refused(world, SignerRoleError)


def test_approval_in_bundle_namespace(world: World, forge: Forge) -> None:
    """Claim C25."""
    forge.sign(world.bundle, APPROVAL, "officer-1", BUNDLE_NAMESPACE)
    assert_refused(world, SignatureNamespaceError)


def test_station_signature_in_approval_namespace(world: World, forge: Forge) -> None:
    """Claim C25."""
    forge.sign(world.bundle, STATION, "lgwan-01", APPROVE_NAMESPACE)
    assert_refused(world, SignatureNamespaceError)


def test_station_signature_as_approval(world: World) -> None:
    """Claim C25."""
    shutil.copy(world.bundle / STATION, world.bundle / APPROVAL)
    assert_refused(world, SignatureNamespaceError)


def test_signature_of_another_city(world: World, forge: Forge) -> None:
    """Claim C25."""
    forge.sign(world.bundle, STATION, "lgwan-01", "mediabridge-bundle-v1@city.elsewhere.example")
    assert_refused(world, SignatureNamespaceError)


def test_foreign_station_key(world: World, forge: Forge) -> None:
    """Claim C27."""
    forge.sign(world.bundle, STATION, "stranger", BUNDLE_NAMESPACE)
    assert_refused(world, SignerUnknownError)


def test_foreign_officer_key(world: World, forge: Forge) -> None:
    """Claim C27."""
    forge.sign(world.bundle, APPROVAL, "stranger", APPROVE_NAMESPACE)
    assert_refused(world, SignerUnknownError)


def test_bad_approval_beside_a_good_one(world: World, forge: Forge) -> None:
    """Claim C27."""
    forge.sign(world.bundle, layout.approval_name("officer-2"), "stranger", APPROVE_NAMESPACE)
    assert_refused(world, SignerUnknownError)


def test_log_key_posing_as_station(world: World, forge: Forge) -> None:
    """Claim C27. The key of a station's log is no key for bundles."""
    forge.sign(world.bundle, STATION, "lgwan-01-log", BUNDLE_NAMESPACE)
    assert_refused(world, SignerUnknownError)


@pytest.mark.parametrize("name", [STATION, APPROVAL])
def test_signature_of_another_list(world: World, forge: Forge, name: str) -> None:
    """Claim C26."""
    first = (world.bundle / name).read_bytes()
    folder = forge.seal()
    (folder / name).write_bytes(first)
    assert_refused(world, SignatureInvalidError)


@pytest.mark.parametrize("name", [STATION, APPROVAL])
def test_signature_in_another_spelling(world: World, name: str) -> None:
    """Claim C3."""
    path = world.bundle / name
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert_refused(world, SignatureMalformedError)


def _past(holder: Any) -> Any:
    return holder.model_copy(
        update={"valid_from": "2020-01-01T00:00:00Z", "valid_until": "2021-01-01T00:00:00Z"}
    )


def test_expired_station_key(world: World) -> None:
    """Claim C28."""
    stations = world.city.trust.stations
    world.publish(stations=tuple(_past(x) if x.id == "lgwan-01" else x for x in stations))
    assert_refused(world, SignerExpiredError)


def test_expired_officer_key(world: World) -> None:
    """Claim C28."""
    people = world.city.trust.people
    world.publish(people=tuple(_past(x) if x.name == "officer-1" else x for x in people))
    assert_refused(world, SignerExpiredError)


def test_key_not_valid_yet(world: World, forge: Forge) -> None:
    """Claim C28."""
    forge.seal(header=lambda header: {**header, "created": "2020-01-01T00:00:00Z"})
    assert_refused(world, SignerNotYetValidError)


@pytest.mark.parametrize("signer", ["lgwan-01", "officer-1"])
def test_revoked_key(world: World, forge: Forge, signer: str) -> None:
    """Claim C29."""
    fingerprint = keytext.fingerprint(_key_text(forge, signer))
    at = to_rfc3339(SystemClock().now())
    world.publish(revoked=(Revocation(key=fingerprint, at=at, reason="KEY_LOST"),))
    assert_refused(world, SignerRevokedError)


def test_revoked_key_of_someone_gone(world: World) -> None:
    """Claim C27. Who is not listed any more is a stranger."""
    people = world.city.trust.people
    world.publish(people=tuple(x for x in people if x.name != "officer-1"))
    assert_refused(world, SignerUnknownError)


def _key_text(forge: Forge, signer: str) -> str:
    return sshsig.openssh_key(forge.signer(signer).public_key)
