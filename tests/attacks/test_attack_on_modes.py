"""Training and live never meet, not even when the same people hold the same keys in both."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from attacks.refusals import assert_refused
from attacks.world import World
from media.test_identity import DOCUMENT

from mediabridge import canonical
from mediabridge.bundle import layout, sshsig
from mediabridge.bundle.medium import medium_namespace
from mediabridge.clock import SystemClock, to_rfc3339
from mediabridge.errors import (
    BooksForeignError,
    LogSectionError,
    ModeMismatchError,
    StationDamagedError,
    UnregisteredMediumError,
)
from mediabridge.stations.books import Books
from mediabridge.translog import database, note
from mediabridge.translog.section import LogSection
from mediabridge.translog.store import TransferLog
from mediabridge.verify.medium import verify_identity
from tests.mirrors import NoMirror, accepted


def test_trust_data_of_the_other_mode(world: World) -> None:
    """Claim C19. Signed by the very keys of the city."""
    world.publish(mode="live")
    assert_refused(world, ModeMismatchError)
    with world.registry() as station:
        assert (station.trust.version, station.trust.mode) == (1, "training")


def test_station_that_was_made_to_be_of_the_other_mode(world: World) -> None:
    """Claims C19 and C52. Whoever rewrites the one file has rewritten neither books nor trust."""
    home = world.home("registry-01")
    changed = replace(home.config(), mode="live")
    home.write_config(changed)
    with pytest.raises(BooksForeignError), world.registry():
        pass
    for name in (home.books, home.log, home.registry):
        name.unlink()
    with pytest.raises(StationDamagedError), world.registry():
        pass
    # And has begun all of them anew.
    Books(home.books, changed.owner).close()
    with database.connect(home.log, changed.owner):
        pass
    with pytest.raises(ModeMismatchError), world.registry():
        pass


@pytest.mark.parametrize(("made_for", "here"), [("training", "live"), ("live", "training")])
def test_stick_registered_in_the_other_mode(world: World, made_for: str, here: str) -> None:
    """Claims C19 and C49. The officer's key is the same in both."""
    trust = world.city.trust.model_copy(update={"mode": here})
    today = to_rfc3339(SystemClock().now())
    data = canonical.dump({**DOCUMENT, "mode": made_for, "registered": today})
    namespace = medium_namespace(trust.city)
    signature = sshsig.sign(data, namespace=namespace, signer=world.key("officer-1"))
    with pytest.raises(UnregisteredMediumError, match=f"registered for {made_for}"):
        verify_identity(data, signature, trust)
    same = trust.model_copy(update={"mode": made_for})
    assert verify_identity(data, signature, same).mode == made_for


def test_log_of_the_other_mode(world: World) -> None:
    """Claim C19."""
    with world.lgwan() as station:
        cut: LogSection = TransferLog.section(station.log, 0, station.log_signer)
        vkey = note.Vkey.of(station.log_signer)

        def checked(mode: str) -> object:
            origin = station.log_origin("lgwan-01")
            return accepted(cut, origin=origin, vkey=vkey, mirror=NoMirror(), mode=mode)

        assert checked("training")
        with pytest.raises(LogSectionError, match="a log for training, should be for live"):
            checked("live")


def test_mode_is_where_it_is_promised(world: World) -> None:
    """Claim C19. In trust data, header and log; a receipt is bound to its bundle's list."""
    header = json.loads((world.bundle / layout.HEADER).read_bytes())
    assert header["mode"] == "training"
    assert world.city.trust.mode == "training"
    assert world.log("lgwan-01")[0].facts["mode"] == "training"
