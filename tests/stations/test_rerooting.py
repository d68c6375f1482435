"""Another first root goes on where the lost one ended: nothing older, and nothing forgotten."""

from __future__ import annotations

import pytest
from attacks.world import World

from mediabridge.bundle import sshsig
from mediabridge.clock import SystemClock, to_rfc3339
from mediabridge.errors import TrustRollbackError
from mediabridge.stations.rerooting import check_goes_on
from mediabridge.trust.trust_data import Revocation


def test_trust_data_that_goes_on_is_newer(world: World) -> None:
    before = world.city.trust
    check_goes_on(before, before.model_copy(update={"version": before.version + 1}))
    with pytest.raises(TrustRollbackError):
        check_goes_on(before, before)


def test_no_revocation_is_taken_back_by_another_root(world: World) -> None:
    key = sshsig.fingerprint(world.key("officer-1").public_key)
    revoked = Revocation(key=key, at=to_rfc3339(SystemClock().now()), reason="KEY_LOST")
    before = world.city.trust.model_copy(update={"revoked": (revoked,)})
    newer = {"version": before.version + 1}
    check_goes_on(before, before.model_copy(update=newer))
    with pytest.raises(TrustRollbackError) as caught:
        check_goes_on(before, before.model_copy(update={**newer, "revoked": ()}))
    assert key in caught.value.facts["detail"]
