"""Attacks on who did it, by somebody who holds every key of the station and of the officers."""

from __future__ import annotations

import hashlib
import json

import pytest
from attacks.forge import Document, Forge, changed
from attacks.refusals import assert_refused
from attacks.world import CITY_DOMAIN, World

from mediabridge import canonical
from mediabridge.bundle import sshsig
from mediabridge.bundle.header import Route
from mediabridge.bundle.statements import Deed, prepared, statement_namespace
from mediabridge.errors import (
    MediabridgeError,
    NotPreparedError,
    SamePersonError,
    SignatureInvalidError,
    SignatureNamespaceError,
    SignerRoleError,
    SignerUnknownError,
)

LIVE = changed(mode="live")


@pytest.fixture
def live_forge(live_world: World) -> Forge:
    return Forge(live_world)


def signed(
    forge: Forge, document: Document, *, by: str, deed: Deed = Deed.PREPARED, **lies: object
) -> str:
    """Return the statement of *by* on having prepared the forged bundle, but for *lies*."""
    summary = document["summary"]
    salted = bytes.fromhex(document["salt"]) + canonical.dump(summary)
    told = json.loads(
        prepared(
            document["operator"],
            bundle=document["bundle"],
            route=Route(sender=summary["route"]["from"], receiver=summary["route"]["to"]),
            seq=summary["seq"],
            summary=hashlib.sha256(salted).hexdigest(),
        )
    )
    message = canonical.dump({**told, **lies})
    namespace = statement_namespace(deed, CITY_DOMAIN)
    return sshsig.sign(message, namespace=namespace, signer=forge.signer(by)).decode()


def test_right_statement_is_accepted(live_world: World, live_forge: Forge) -> None:
    """Claim C84. So that the refusals below are for what they say."""

    def rewrite(document: Document) -> Document:
        return {**document, "prepared": signed(live_forge, document, by="clerk-1")}

    live_forge.seal(header=LIVE, manifest=rewrite)
    assert [taken.seq for taken in live_world.import_()] == [1]


def test_name_without_a_statement(live_world: World, live_forge: Forge) -> None:
    """Claim C84."""
    live_forge.seal(header=LIVE)
    assert_refused(live_world, NotPreparedError)


@pytest.mark.parametrize(
    ("by", "error"),
    [
        ("officer-2", SignerRoleError),
        ("lgwan-01", SignerRoleError),
        ("lgwan-01-log", SignerUnknownError),
        ("tuf-root-1", SignerUnknownError),
    ],
)
def test_statement_by_another_key(
    live_world: World, live_forge: Forge, by: str, error: type[MediabridgeError]
) -> None:
    """Claim C84. Under the clerk's name: the station has no key that could say so."""

    def rewrite(document: Document) -> Document:
        return {**document, "prepared": signed(live_forge, document, by=by)}

    live_forge.seal(header=LIVE, manifest=rewrite)
    assert_refused(live_world, error)


def test_statement_about_another_bundle(live_world: World, live_forge: Forge) -> None:
    """Claim C84. The clerk signed; but something else."""

    def rewrite(document: Document) -> Document:
        signature = signed(live_forge, document, by="clerk-1", bundle="0" * 32)
        return {**document, "prepared": signature}

    live_forge.seal(header=LIVE, manifest=rewrite)
    assert_refused(live_world, SignatureInvalidError)


def test_statement_of_having_received_is_none_of_having_prepared(
    live_world: World, live_forge: Forge
) -> None:
    """Claim C84."""

    def rewrite(document: Document) -> Document:
        signature = signed(live_forge, document, by="clerk-1", deed=Deed.RECEIVED)
        return {**document, "prepared": signature}

    live_forge.seal(header=LIVE, manifest=rewrite)
    assert_refused(live_world, SignatureNamespaceError)


def test_officer_prepares_and_approves(live_world: World, live_forge: Forge) -> None:
    """Claim C30. With a good statement, which does not help."""

    def rewrite(document: Document) -> Document:
        document["summary"]["operator"] = document["operator"] = "officer-1"
        return {**document, "prepared": signed(live_forge, document, by="officer-1")}

    live_forge.seal(header=LIVE, manifest=rewrite)
    assert_refused(live_world, SamePersonError)


def test_bad_statement_is_refused_in_training_too(world: World, forge: Forge) -> None:
    """Claim C84."""

    def rewrite(document: Document) -> Document:
        return {**document, "prepared": signed(forge, document, by="officer-2")}

    forge.seal(manifest=rewrite)
    assert_refused(world, SignerRoleError)
