"""What stands directly above an officer's question."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mediabridge.locale import moment, n_, text, translate

if TYPE_CHECKING:
    from mediabridge.stations.outgoing.approving import Shown
    from mediabridge.stations.outgoing.usual import Unusual

EXCEPTIONS = {
    "CTRL_Z_AT_END": n_("end-of-file mark"),
    "BLANK_LINES_AT_END": n_("blank lines at the end"),
    "OUT_OF_ORDER": n_("out of order"),
    "NOT_A_KANJI": n_("part of a kanji"),
    "LOOKS_LIKE_KANJI": n_("looks like a kanji"),
    "HALF_WIDTH": n_("half width"),
    "UNUSUAL_SPACE": n_("unusual space"),
    "SPACE_AT_EDGE": n_("space at the edge"),
    "COMBINING_MARK": n_("mark apart from its kana"),
    "KANJI_NOT_SEIJI": n_("kanji that is no 正字"),
    "CP932_DIFFERS": n_("other character in cp932"),
}
"""Each code of :class:`~mediabridge.records.notices.Notice` in two or three words."""


CARRY = n_("Is this what shall be carried?")


def beside_the_question(shown: Shown) -> Iterator[str]:
    """Yield which bundle it is, who prepared it, and what is unusual: what nobody may overlook."""
    summary = shown.summary
    yield text(
        "{route}, number {seq}, prepared by {operator}, records: {count}",
        route=f"{summary.route.sender} > {summary.route.receiver}",
        seq=summary.seq,
        operator=summary.operator,
        count=sum(summary.records.values()),
    )
    yield from _whole_lines(shown)
    yield from _software_lines(shown)
    yield from _unusual_lines(shown.unusual)
    if shown.exceptions:
        found = ", ".join(
            f"{translate(EXCEPTIONS.get(code, code))}: {n}" for code, n in shown.exceptions.items()
        )
        yield text("! Accepted, worth a look: {found}", found=found)


def _whole_lines(shown: Shown) -> Iterator[str]:
    """Say plainly of a full population that it is none of the things an officer sees each day."""
    if shown.summary.as_of is None:
        return
    yield text(
        "! Not a day's notices: the full population of the city, as of {as_of}. Whoever is missing"
        " in it will be asked about at the register.",
        as_of=moment(shown.summary.as_of),
    )
    yield text(
        "! Officers who have to approve it: {needed}; for a day's notices: {usually}",
        needed=shown.needed,
        usually=shown.usually,
    )


def _software_lines(shown: Shown) -> Iterator[str]:
    """Say what shall be installed at the other side."""
    for each in shown.summary.software or ():
        yield text(
            "! Software: {name} {version}, bytes: {size}, SHA-256 {sha256}",
            name=each.name,
            version=each.version,
            size=each.size,
            sha256=each.sha256,
        )
    if shown.summary.software:
        yield text("! Officers who have to approve it: {needed}", needed=shown.needed)


def _unusual_lines(seen: Unusual) -> Iterator[str]:
    if seen.deleting:
        codes = ", ".join(f"{code}: {count}" for code, count in seen.deleting.items())
        yield text("! Can delete somebody from the register: {codes}", codes=codes)
    if seen.records:
        count, fewest, most = seen.records
        yield text(
            "! Records: {count}; in the bundles before: {fewest} to {most}",
            count=count,
            fewest=fewest,
            most=most,
        )
    if seen.events:
        codes = ", ".join(f"{code}: {got} ({most})" for code, (got, most) in seen.events.items())
        yield text("! Far more than ever in the bundles before (most so far): {codes}", codes=codes)
    if not seen.days:
        yield text("The route has too few bundles yet to say what is usual.")
