"""Step 7: who prepared a bundle is a signature of that person, about this bundle alone."""

from __future__ import annotations

from typing import Any

import pytest

from mediabridge import errors
from mediabridge.bundle.header import Route
from mediabridge.bundle.statements import Deed, statement_namespace
from mediabridge.trust.trust_data import Revocation, TrustData
from mediabridge.verify.statements import check_prepared
from tests.verify.bundles import Maker, header, manifest

BEFORE, AFTER = "2026-11-23T23:59:59Z", "2026-11-24T00:00:01Z"
"""One second to each side of the time at which the bundle says it was made."""


def live(maker: Maker, **changes: Any) -> TrustData:
    return maker.trust.model_copy(update={"mode": "live", **changes})


def check(maker: Maker, prepared: str | None, trust: TrustData | None = None, **told: Any) -> None:
    check_prepared(
        manifest(prepared=prepared, **told), header(), trust or live(maker), ("officer-1",)
    )


@pytest.mark.parametrize("mode", ["live", "training"])
def test_signature_of_the_operator_accepted(maker: Maker, mode: str) -> None:
    """Claim C84."""
    check(maker, maker.prepared(manifest()), live(maker, mode=mode))


def test_officer_may_prepare_what_others_approve(maker: Maker) -> None:
    """Claim C84."""
    by = manifest(operator="officer-2")
    check(maker, maker.prepared(by, by="officer-2"), operator="officer-2")


def test_name_alone_is_for_training(maker: Maker) -> None:
    """Claim C84."""
    check(maker, None, maker.trust)
    with pytest.raises(errors.NotPreparedError) as refused:
        check(maker, None)
    assert refused.value.facts == {"person": "clerk-1"}


@pytest.mark.parametrize("signed", [True, False])
def test_whoever_prepared_it_does_not_approve_it(maker: Maker, *, signed: bool) -> None:
    """Claim C30. In training by name, too."""
    prepared = maker.prepared(manifest()) if signed else None
    with pytest.raises(errors.SamePersonError) as refused:
        check_prepared(manifest(prepared=prepared), header(), maker.trust, ("officer-1", "clerk-1"))
    assert refused.value.facts == {"person": "clerk-1"}


@pytest.mark.parametrize(
    "other",
    [
        {"bundle": "cd" * 16},
        {"route": Route(sender="registry-01", receiver="lgwan-01")},
        {"route": Route(sender="lgwan-01", receiver="lgwan-02")},
        {"seq": 2},
        {"summary": "0" * 64},
    ],
    ids=lambda other: next(iter(other)),
)
def test_statement_is_about_one_bundle(maker: Maker, other: dict[str, Any]) -> None:
    """Claim C84."""
    told = manifest()
    with pytest.raises(errors.SignatureInvalidError) as refused:
        check(maker, maker.prepared(told, header(**other)))
    assert refused.value.facts == {"name": "prepared"}


def test_statement_of_somebody_else(maker: Maker) -> None:
    """Claim C84. Neither another person's, in either name, nor a station's."""
    theirs = maker.prepared(manifest(), by="officer-2")
    with pytest.raises(errors.SignerRoleError) as refused:
        check(maker, theirs)
    facts = {"signer": "officer-2", "got": "officer-2", "name": "prepared", "wanted": "clerk-1"}
    assert refused.value.facts == facts
    with pytest.raises(errors.SignerRoleError) as refused:
        check(maker, maker.prepared(manifest(), by="lgwan-01"))
    assert refused.value.facts["signer"] == "lgwan-01"
    assert refused.value.facts["wanted"] == "clerk"
    # The right key, on a statement that names another.
    named = maker.prepared(manifest(operator="officer-2"), by="clerk-1")
    with pytest.raises(errors.SignatureInvalidError):
        check(maker, named)


@pytest.mark.parametrize("deed", [Deed.CARRIED, Deed.RECEIVED])
def test_statement_for_another_purpose(maker: Maker, deed: Deed) -> None:
    """Claim C84."""
    namespace = statement_namespace(deed, maker.trust.city)
    other = maker.sign(b"anything", "clerk-1", namespace).decode()
    with pytest.raises(errors.SignatureNamespaceError):
        check(maker, other)


def test_what_is_no_signature(maker: Maker) -> None:
    """Claim C84. In training as well: what is there has to be good."""
    for spelt in ("", "\u7f72\u540d", maker.prepared(manifest()) + "\n"):
        with pytest.raises(errors.SignatureMalformedError):
            check(maker, spelt, maker.trust)


def test_key_has_to_count(maker: Maker) -> None:
    """Claim C84."""
    prepared = maker.prepared(manifest())
    revoked = Revocation(key=maker.fingerprint("clerk-1"), at=BEFORE, reason="KEY_LOST")
    with pytest.raises(errors.SignerRevokedError):
        check(maker, prepared, live(maker, revoked=(revoked,)))
    gone = tuple(each for each in maker.trust.people if each.name != "clerk-1")
    with pytest.raises(errors.SignerUnknownError):
        check(maker, prepared, live(maker, people=gone))


@pytest.mark.parametrize(
    ("dates", "error"),
    [
        ({"valid_until": BEFORE}, errors.SignerExpiredError),
        ({"valid_from": AFTER}, errors.SignerNotYetValidError),
    ],
)
def test_key_counts_when_the_bundle_was_made(
    maker: Maker, dates: dict[str, str], error: type[errors.MediabridgeError]
) -> None:
    """Claim C84."""
    people = tuple(
        each.model_copy(update=dates) if each.name == "clerk-1" else each
        for each in maker.trust.people
    )
    with pytest.raises(error):
        check(maker, maker.prepared(manifest()), live(maker, people=people))
