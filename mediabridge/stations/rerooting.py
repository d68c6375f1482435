"""A station takes another first root in place of its own, whose holders are gone.

Nothing that a station believes leads from one root to the other, so a person compares the new
one with a paper form, as at the first time. The trust data itself goes on: its version grows,
and no revocation is taken back. Books, log and keys stay as they are.
"""

from __future__ import annotations

from pathlib import Path

from mediabridge.bundle import layout
from mediabridge.durable import sync_folder, write_durably
from mediabridge.errors import TrustRollbackError
from mediabridge.locale import text
from mediabridge.stations.joining import Confirm, check_listed, compared
from mediabridge.stations.station import OpenStation
from mediabridge.translog.events import Event
from mediabridge.trust import client, generations
from mediabridge.trust.trust_data import TrustData


def take_root(
    station: OpenStation, medium: Path, *, root: Path | None = None, confirm: Confirm
) -> TrustData:
    """Pin another first root when *confirm* agrees, and take the trust data on *medium*.

    An interruption leaves the old trust data in force, perhaps under a root that no medium
    follows from; the same command, given again, ends it.

    Raises:
        RootNotConfirmedError: the fingerprint is not that of the paper form.
        StationError: the trust data does not list this station as it is.
        ModeMismatchError: training trust data for a live station, or the reverse.
        TrustRollbackError: it is not newer than this station's, or takes a revocation back.
        TrustInvalidError: the trust data on the medium does not follow from the root.
    """
    cache = station.home.trust_cache

    def check(found: TrustData, signers: tuple[str, ...]) -> None:
        check_listed(station.home, station.config, found)
        check_goes_on(station.trust, found)
        station.record_retired(station.trust, found, signers)

    with compared(medium, root, confirm, cache) as (bootstrap, fresh):
        trust = client.refresh(
            layout.trust_folder(medium),
            fresh,
            bootstrap,
            now=station.clock.now(),
            before_switch=check,
        )
        station.record(Event.TRUST_REROOTED, trust_version=trust.version)
        write_durably(station.home.trust_root, bootstrap)
        accepted = fresh / (fresh / "current").readlink()
        target = cache / accepted.name
        accepted.rename(target)
        sync_folder(cache)
        generations.switch(cache, target)
    station.trust = trust
    station.settle_witness()
    return trust


def check_goes_on(before: TrustData, after: TrustData) -> None:
    """Refuse trust data that does not continue *before*: an older one, or one that forgot.

    Raises:
        TrustRollbackError: it is not newer, or a key that was revoked is not any more.
    """
    if after.version <= before.version:
        detail = text("version {got}, known is {wanted}", got=after.version, wanted=before.version)
        raise TrustRollbackError(detail=detail)
    forgotten = [each.key for each in before.revoked if not after.is_revoked(each.key)]
    if forgotten:
        detail = text("no longer revoked: {keys}", keys=", ".join(forgotten))
        raise TrustRollbackError(detail=detail)
