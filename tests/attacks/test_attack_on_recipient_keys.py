"""Who says to which key is sealed: forged, borrowed, repeated and future announcements."""

from collections.abc import Callable
from typing import Any

import pytest
from attacks.forge import Document, Forge, changed
from attacks.refusals import assert_refused
from attacks.world import CITY_DOMAIN, World

from mediabridge import canonical
from mediabridge.bundle import sshsig
from mediabridge.bundle.announcement import key_digest
from mediabridge.errors import (
    ManifestMalformedError,
    MediabridgeError,
    RecipientKeyInvalidError,
    SignatureInvalidError,
    SignatureNamespaceError,
    SignerRoleError,
    SignerUnknownError,
)
from mediabridge.translog.events import Event
from mediabridge.trust import signers

NAMESPACE = f"mediabridge-recipient-v1@{CITY_DOMAIN}"


def announcement(world: World, **changes: Any) -> Document:
    """Return what lgwan-01 could say to registry-01 with its first bundle."""
    (named,) = (each for each in world.city.trust.recipients if each.id == "lgwan-01")
    return {
        "format": 1,
        "mode": "training",
        "station": "lgwan-01",
        "sender": "registry-01",
        "number": 1,
        "key": signers.new_recipient_key("fresh").public,
        "replaces": [key_digest(named.key)],
        "answers": {"seq": 0, "sums_sha256": "0" * 64},
        **changes,
    }


def signed(
    forge: Forge, document: Document, *, key: str = "lgwan-01", namespace: str = NAMESPACE
) -> Document:
    data = sshsig.sign(canonical.dump(document), namespace=namespace, signer=forge.signer(key))
    return {"announcement": document, "signature": data.decode("ascii")}


def test_a_right_one_is_taken(world: World, forge: Forge) -> None:
    forge.seal(manifest=changed(recipient=signed(forge, announcement(world))))
    world.import_()
    assert Event.RECIPIENT_KEY_ACCEPTED in [entry.event for entry in world.log()]


@pytest.mark.parametrize(
    ("changes", "key", "error"),
    [
        # Signed in its own name, for its own sender, and borrowed.
        ({"station": "lgwan-02"}, "lgwan-02", RecipientKeyInvalidError),
        ({}, "lgwan-02", RecipientKeyInvalidError),
        ({"station": "lgwan-02"}, "lgwan-01", RecipientKeyInvalidError),
        ({"sender": "lgwan-02"}, "lgwan-01", RecipientKeyInvalidError),
        ({"mode": "live"}, "lgwan-01", RecipientKeyInvalidError),
        # A number of the future would end the rotation for good.
        ({"number": 2}, "lgwan-01", RecipientKeyInvalidError),
        ({"number": 2**31}, "lgwan-01", RecipientKeyInvalidError),
        ({"number": 0}, "lgwan-01", ManifestMalformedError),
        ({"replaces": []}, "lgwan-01", ManifestMalformedError),
        ({"replaces": ["1" * 64, "0" * 64]}, "lgwan-01", ManifestMalformedError),
        ({"replaces": ["1" * 64, "1" * 64]}, "lgwan-01", ManifestMalformedError),
        ({"key": "AAAA"}, "lgwan-01", ManifestMalformedError),
        ({"surplus": 1}, "lgwan-01", ManifestMalformedError),
        ({}, "officer-1", SignerRoleError),
        ({}, "clerk-1", SignerRoleError),
        ({}, "nobody", SignerUnknownError),
    ],
)
def test_a_wrong_one_refuses_the_bundle(
    world: World, forge: Forge, changes: Document, key: str, error: type[MediabridgeError]
) -> None:
    """Claim C87."""
    document = announcement(world, **changes)
    forge.seal(manifest=changed(recipient=signed(forge, document, key=key)))
    assert_refused(world, error)


def test_another_purpose(world: World, forge: Forge) -> None:
    """Claims C25, C87. What the station signed as a bundle announces no key."""
    namespace = f"mediabridge-bundle-v1@{CITY_DOMAIN}"
    wrong = signed(forge, announcement(world), namespace=namespace)
    forge.seal(manifest=changed(recipient=wrong))
    assert_refused(world, SignatureNamespaceError)


def _other_key(document: Document) -> Document:
    return {**document, "key": signers.new_recipient_key("thief").public}


def _other_answer(document: Document) -> Document:
    return {**document, "answers": {"seq": 1, "sums_sha256": "1" * 64}}


@pytest.mark.parametrize("change", [_other_key, _other_answer])
def test_changed_after_signing(
    world: World, forge: Forge, change: Callable[[Document], Document]
) -> None:
    """Claim C87."""
    right = signed(forge, announcement(world))
    wrong = {**right, "announcement": change(right["announcement"])}
    forge.seal(manifest=changed(recipient=wrong))
    assert_refused(world, SignatureInvalidError)


def test_an_answer_to_what_was_never_sent(world: World, forge: Forge) -> None:
    """Claim C87. Whoever knows the number knows which bundle it was."""
    world.send(station="registry-01")
    document = announcement(world, answers={"seq": 1, "sums_sha256": "1" * 64})
    forge.seal(manifest=changed(recipient=signed(forge, document)))
    assert_refused(world, RecipientKeyInvalidError)
