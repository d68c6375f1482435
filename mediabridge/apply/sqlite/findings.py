"""Questions about populations to the SQLite registry, the same inside and outside a transaction."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final

from mediabridge.apply.population import rows
from mediabridge.apply.population.findings import Finding, Open, Population
from mediabridge.apply.rows import Row
from mediabridge.apply.sqlite.asking import Asking
from mediabridge.config import APPLY_BATCH

_WAITS: Final = """EXISTS (
    SELECT 1 FROM waiting WHERE waiting.journal_number = finding.journal_number
    AND waiting.position = finding.position
)"""
_POPULATIONS: Final = f"""
    SELECT {rows.POPULATION}, (
        SELECT json_group_object(kind, number) FROM (
            SELECT kind, count(*) AS number FROM waiting CROSS JOIN finding
            ON (finding.journal_number, finding.position)
                = (waiting.journal_number, waiting.position)
            WHERE waiting.journal_number = population.journal_number GROUP BY kind
        )
    ) FROM population JOIN journal ON journal.number = population.journal_number
    ORDER BY journal.number
"""  # noqa: S608 - our names
_FINDING: Final = f"""
    SELECT {rows.FINDING}, entry IS NOT NULL AND EXISTS (
        SELECT 1 FROM resident WHERE resident.birth_date = finding.birth_date
        AND resident.nationality_region = finding.nationality_region AND state = 'resident'
    ) FROM finding JOIN journal ON journal.number = finding.journal_number WHERE {_WAITS}
"""  # noqa: S608 - our names
_PAGE: Final = (
    f"{_FINDING} AND bundle_id = ? AND finding.position > ? ORDER BY finding.position LIMIT ?"
)
_ONE: Final = f"{_FINDING} AND bundle_id = ? AND finding.position = ?"
_ABOUT: Final = f"{_FINDING} AND finding.card_number = ? ORDER BY finding.journal_number"


class Findings(Asking):
    """Answers what a registry is asked about populations."""

    def populations(self) -> Iterator[Population]:
        """Yield every population that came, in the order of applying."""
        return map(rows.population, self._rows(_POPULATIONS))

    def findings(self, bundle_id: str, after: int = 0) -> Iterator[Open]:
        """Yield what waits of a population, from the position above *after*, in their order."""
        while page := list(self._rows(_PAGE, bundle_id, after, APPLY_BATCH)):
            yield from map(self._open, page)
            after = page[-1][1]

    def finding(self, bundle_id: str, position: int) -> Open | None:
        """Return what was found at *position*, if it waits."""
        return next(map(self._open, self._rows(_ONE, bundle_id, position)), None)

    def findings_about(self, cards: Collection[str]) -> Iterator[Finding]:
        """Yield what waits and is about one of *cards*."""
        for card in sorted(cards):
            yield from (self._open(row).finding for row in self._rows(_ABOUT, card))

    def _open(self, row: Row) -> Open:
        card = row[5]
        return rows.open_finding(row, self.find_by_card(card) if card else None)
