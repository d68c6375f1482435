"""Questions about populations to the registry on a server, in pages, for one station."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Final

from mediabridge.apply.known import Known
from mediabridge.apply.population import rows
from mediabridge.apply.population.findings import Finding, Open, Population
from mediabridge.apply.postgres.asking import Asking
from mediabridge.apply.postgres.lookups import PostgresLookups
from mediabridge.apply.rows import Row
from mediabridge.config import APPLY_BATCH

_WAITS: Final = """NOT EXISTS (
    SELECT 1 FROM decision WHERE decision.journal_number = finding.journal_number
    AND decision.position = finding.position
)"""
_POPULATIONS: Final = f"""
    SELECT {rows.POPULATION}, coalesce((
        SELECT json_object_agg(kind, number)::text FROM (
            SELECT kind, count(*) AS number FROM finding
            WHERE finding.journal_number = population.journal_number AND {_WAITS} GROUP BY kind
        ) AS counted
    ), '{{}}') FROM population JOIN journal ON journal.number = population.journal_number
    WHERE receiver = %s ORDER BY journal.number
"""  # noqa: S608 - our names
_FINDING: Final = f"""
    SELECT {rows.FINDING}, entry IS NOT NULL AND EXISTS (
        SELECT 1 FROM resident WHERE resident.birth_date = finding.birth_date
        AND resident.nationality_region = finding.nationality_region AND state = 'resident'
    ) FROM finding JOIN journal ON journal.number = finding.journal_number
    WHERE receiver = %s AND {_WAITS}
"""  # noqa: S608 - our names
_PAGE: Final = (
    f"{_FINDING} AND bundle_id = %s AND finding.position > %s ORDER BY finding.position LIMIT %s"
)
_ONE: Final = f"{_FINDING} AND bundle_id = %s AND finding.position = %s"
_ABOUT: Final = f"{_FINDING} AND finding.card_number = ANY (%s) ORDER BY finding.journal_number"


class Findings(Asking):
    """Answers what a registry is asked about populations."""

    def populations(self) -> Iterator[Population]:
        """Yield every population that came to this station, in the order of applying."""
        return map(rows.population, self._session.rows(_POPULATIONS, self._station))

    def findings(self, bundle_id: str, after: int = 0) -> Iterator[Open]:
        """Yield what waits of a population, from the position above *after*, in their order."""
        while page := self._session.rows(_PAGE, self._station, bundle_id, after, APPLY_BATCH):
            yield from self._open(page)
            after = page[-1][1]

    def finding(self, bundle_id: str, position: int) -> Open | None:
        """Return what was found at *position*, if it waits."""
        found = self._session.rows(_ONE, self._station, bundle_id, position)
        return next(iter(self._open(found)), None)

    def findings_about(self, cards: Collection[str]) -> Iterator[Finding]:
        """Yield what waits and is about one of *cards*."""
        found = self._session.rows(_ABOUT, self._station, sorted(cards))
        return (each.finding for each in self._open(found))

    def _open(self, page: Sequence[Row]) -> list[Open]:
        known = Known(PostgresLookups(self._session, lock=self._lock))
        known.fetch_cards({row[5] for row in page if row[5] is not None})
        return [
            rows.open_finding(row, known.find_by_card(row[5]) if row[5] else None) for row in page
        ]
