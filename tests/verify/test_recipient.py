"""A bundle need not announce a recipient key."""

from __future__ import annotations

from mediabridge.trust.trust_data import TrustData
from mediabridge.verify.recipient import check_recipient_key
from tests.verify.bundles import header


def test_bundle_without_an_announcement_is_taken() -> None:
    # Nothing is asked of the trust data then, so it may say nothing.
    check_recipient_key(header(), None, TrustData.model_construct())
