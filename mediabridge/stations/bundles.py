"""Which bundle is meant, by the first characters of its id or by its turn."""

from __future__ import annotations

from mediabridge.errors import UsageError
from mediabridge.locale import text
from mediabridge.stations.books import BundleRow, BundleState
from mediabridge.stations.station import OpenStation


def chosen(station: OpenStation, bundle: str | None, state: BundleState) -> BundleRow:
    """Return the bundle that *bundle* begins, or the oldest one in *state*.

    Raises:
        UsageError: nothing or more than one bundle fits.
    """
    if bundle is None:
        waiting = station.books.bundles_in(state)
        if not waiting:
            raise UsageError(detail=text("no bundle is in the state {state}", state=state))
        return waiting[0]
    fitting = [row for row in station.books.bundles() if row.bundle.startswith(bundle)]
    if len(fitting) != 1:
        detail = text("{count} bundles begin with {bundle}", count=len(fitting), bundle=bundle[:32])
        raise UsageError(detail=detail)
    return fitting[0]
