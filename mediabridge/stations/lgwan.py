"""The LGWAN station: sends what the immigration agency notified, takes back the answer.

Its journeys are those of every :class:`~mediabridge.stations.desk.Desk`. In the morning
``export`` carries the agency's notices out; in the evening ``import_`` brings back the
receipts, which close the books, and the city's own notices, which are delivered to a
folder from which the agency's terminal picks them up.

Where the agency has a station of its own, it is between two: what each of them sent is delivered
here, and goes on to the other (:mod:`~mediabridge.stations.relaying`).
"""

from __future__ import annotations

from pathlib import Path

from mediabridge.errors import NotPassedOnError
from mediabridge.stations import relaying
from mediabridge.stations.delivering import DeliveringDesk


class LgwanStation(DeliveringDesk):
    """The station on LGWAN; it never touches the registry."""

    def _put_right(self) -> None:
        """Pass on, besides, what a power cut may have kept back."""
        super()._put_right()
        relaying.begin(self)
        self.pass_on()

    def accept_trust(self, medium_trust: Path) -> None:
        """Take over newer trust data; where it names a new way, that begins here."""
        super().accept_trust(medium_trust)
        relaying.begin(self)

    def pass_on(self) -> None:
        """Collect for the one side what the other delivered; see :mod:`relaying`."""
        self._kept_back = relaying.pass_on(self)

    def not_passed_on(self) -> list[NotPassedOnError]:
        """Return what keeps a bundle from going on to the other side."""
        return [self._kept_back] if self._kept_back else []
