"""The counter question: the record of whoever has a card, as of when, and what to go by.

It reads, and writes nothing but its entry in the log, before the answer is given. The answer
is for a screen of the registry station: it is the register's own data, and nothing of it goes
into the log, a file or a receipt.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from mediabridge.errors import NoRegisterHereError, UsageError
from mediabridge.locale import text
from mediabridge.locale.spoken import Spoken
from mediabridge.records.values import CARD_NUMBER
from mediabridge.stations.news import News, news_of, up_to_date
from mediabridge.stations.references import Reference, References
from mediabridge.stations.registry import RegistryStation
from mediabridge.stations.station import OpenStation
from mediabridge.translog import events
from mediabridge.translog.events import Event

if TYPE_CHECKING:
    from mediabridge.apply.journal import HeldNotice
    from mediabridge.apply.relying import Advice
    from mediabridge.apply.resident import Found, Resident

LISTED: Final = "LOOKUPS_LISTED"
"""In the log, in place of a reason of the advice: somebody asked who had asked."""


@dataclass(frozen=True)
class Waiting:
    """A notice that waits, and whether it names one of the person's cards."""

    held: HeldNotice
    named: bool
    """Otherwise it names nobody here, and all that it says of a person agrees with this one."""


@dataclass(frozen=True)
class OpenFinding:
    """Something that the comparison of a population found, on which nobody has decided."""

    population: int
    """The number of the bundle that it came with."""
    number: int
    reason: Spoken


@dataclass(frozen=True)
class Answer:
    """What is known at the counter."""

    found: Found | None
    news: tuple[News, ...]
    waiting: tuple[Waiting, ...]
    findings: tuple[OpenFinding, ...]
    """What the comparison of a population found about this person's cards."""
    advice: Advice
    asked_at: str


@dataclass(frozen=True)
class Asked:
    """One earlier question about a card, as the log has it."""

    time: str
    actor: str


def card_number(typed: str) -> str:
    """Return the card number that somebody *typed*, in whatever width, case and groups.

    Raises:
        UsageError: it is none; what was typed is not repeated.
    """
    plain = "".join(unicodedata.normalize("NFKC", typed).split()).upper()
    if re.fullmatch(CARD_NUMBER, plain) is None:
        detail = text("a card number has two letters, eight digits and two letters")
        raise UsageError(detail=detail)
    return plain


def look_up(station: OpenStation, card: str, *, operator: str | None = None) -> Answer:
    """Return what the clerk at the counter should know of *card*.

    Raises:
        NoRegisterHereError: this station has no register.
        UsageError: nobody is called *operator*.
        LogAlarmError: it cannot be logged; then nothing is answered.
    """
    registry_station = require_register(station)
    actor = station.operator(operator)
    answer = _answer(registry_station, card)
    _log(registry_station, card, actor, answer.advice.why.value)
    return answer


def earlier(station: OpenStation, card: str, *, operator: str | None = None) -> list[Asked]:
    """Return who asked for *card* at this station, and when; that this was asked is logged, too.

    Raises:
        As :func:`look_up`.
    """
    registry_station = require_register(station)
    actor = station.operator(operator)
    found = list(_earlier(registry_station, card))
    _log(registry_station, card, actor, LISTED)
    return found


def require_register(station: OpenStation) -> RegistryStation:
    """Return *station*, before anybody types a number in vain.

    Raises:
        NoRegisterHereError: it has no register.
    """
    if not isinstance(station, RegistryStation) or not station.registry.keeps_people:
        raise NoRegisterHereError(station=station.id)
    return station


def _answer(station: RegistryStation, card: str) -> Answer:
    from mediabridge.apply.relying import Standing, advise  # noqa: PLC0415 - with the register
    from mediabridge.apply.resident import State  # noqa: PLC0415

    found = station.registry.find_by_card(card)
    waiting = tuple(_waiting(station, card, found.resident if found else None))
    findings = tuple(_findings(station, card, found.resident if found else None))
    news = tuple(news_of(station))
    standing = Standing(
        state=State(found.resident.state) if found else None,
        current=found is not None and found.current,
        held=bool(waiting),
        found=bool(findings),
        outstanding=any(each.missing for each in news),
        fresh=up_to_date(news),
    )
    return Answer(found, news, waiting, findings, advise(standing), station.now())


def _waiting(station: RegistryStation, card: str, resident: Resident | None) -> Iterator[Waiting]:
    """Yield what waits and names the card or another one of *resident*, or may be about them."""
    registry = station.registry
    if resident is None:
        yield from (Waiting(each, named=True) for each in registry.waiting_about([card]))
        return
    cards = {card, *registry.cards_of(resident.id)}
    born = (resident.birth_date, resident.nationality_region)
    for held in registry.waiting_about(sorted(cards), born):
        named = bool(cards & {held.notice.prior_card_number, held.notice.get("card_number")})
        if named or _may_be(held, resident):
            yield Waiting(held, named)


def _findings(
    station: RegistryStation, card: str, resident: Resident | None
) -> Iterator[OpenFinding]:
    """Yield what was found about the card, or another one of *resident*, and waits."""
    registry = station.registry
    cards = {card} if resident is None else {card, *registry.cards_of(resident.id)}
    about = list(registry.findings_about(cards))
    numbers = {each.bundle_id: each.seq for each in registry.populations()} if about else {}
    for each in about:
        yield OpenFinding(numbers[each.bundle_id], each.position, each.reason)


def _may_be(held: HeldNotice, resident: Resident) -> bool:
    """Tell whether *held* names nobody's card, and contradicts nothing of *resident*."""
    from mediabridge.apply.comparing import is_same_person  # noqa: PLC0415 - with the register

    return held.resident is None and is_same_person(held.notice, resident)


def _log(station: RegistryStation, card: str, actor: str, reason: str) -> None:
    reference = References.of(station.home).to(card)
    station.record(
        Event.RECORD_LOOKED_UP,
        actor=actor,
        reason=reason,
        nonce=reference.nonce,
        asked_about=reference.digest,
    )


def _earlier(station: RegistryStation, card: str) -> Iterator[Asked]:
    references = References.of(station.home)
    for data in station.log.all_of(Event.RECORD_LOOKED_UP):
        entry = events.parse(data, station.id)
        reference = Reference(str(entry.facts["nonce"]), str(entry.facts["asked_about"]))
        if references.means(reference, card):
            yield Asked(entry.time, entry.actor)
