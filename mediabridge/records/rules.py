"""Rules across fields: what well-formed values must also mean together.

Each rule has its own :class:`~mediabridge.records.reasons.Reason`. The rules take
the values of a record by identifier; a value that is absent, or that was refused
by itself, is simply not there, and a rule that needs it stays silent. So one row
yields every error it has.

These functions run once per record of a snapshot: they look things up in sets made
beforehand and call nothing that they can avoid.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, Final, NamedTuple

from mediabridge.kinds import Kind
from mediabridge.records.codes.municipality import has_valid_check_digit
from mediabridge.records.codes.periods import Period
from mediabridge.records.events import ISA_EVENTS, MUNICIPAL_EVENTS, Event
from mediabridge.records.names.characters import KANJI, LOOKALIKE, not_seiji
from mediabridge.records.reasons import Reason
from mediabridge.records.tables import Days, RuleTables, Status
from mediabridge.records.text.classes import refusal_of
from mediabridge.records.text.meant import written
from mediabridge.records.types import INDEFINITE
from mediabridge.records.values import Category, DeemedBy, Operation, ReportKind

Values = Mapping[str, Any]
"""Valid values of one record by identifier.

Asking for an absent one gives None; an item of other categories may be missing
altogether, so :meth:`~dict.get` asks for those.
"""


class Breach(NamedTuple):
    """One rule that a record breaks."""

    field: str
    reason: Reason
    facts: Mapping[str, str | int] = {}


SPECIAL_PERIOD: Final = timedelta(days=62)
"""特例期間: up to two months after expiry while an application is pending (20条6項)."""

LONGEST_AHEAD: Final = timedelta(days=366)
"""How far beyond the event plus the period of stay its end may lie.

An extended period begins where the old one ends, and it may be applied for before that:
usually three months, in hardship earlier. A year is more than practice has shown.
"""

LATEST_PERMISSION: Final = timedelta(days=184) + LONGEST_AHEAD
"""How far beyond the event a landing for temporary refuge or a provisional stay may end.

Each is permitted for six months at most; the year is the one that every period is given.
"""

EARLIEST_BIRTH_YEAR: Final = 1868
"""The first year of Meiji, with which the eras of resident records begin."""

FIRST_BIRTH: Final = f"{EARLIEST_BIRTH_YEAR}-00-00"
_SHORT_PERIOD_DAYS: Final = 90
_DAYS_PER_MONTH: Final = 30

_GRANTS = frozenset({"N01", "N02", "N03", "N04", "N10", "N11"})
_CARD_EVENTS = frozenset({"N05", "N06", "N07", "N16"})
# Whose nationality is taken from a passport or a register anew; others keep the one on record.
_NATIONALITY_ANEW: Final = _GRANTS | {"N05", "M07"}
_NEW_CARD = _GRANTS | _CARD_EVENTS | {"N13", "N14"}
STATUS_OF_EVENT: Final = {"N03": frozenset({"601"}), "N11": frozenset({"604"})}
_ABSENT_OF_INDEFINITE: Final = (
    ("period_months", Reason.PERIOD_OF_INDEFINITE),
    ("period_days", Reason.PERIOD_OF_INDEFINITE),
    ("period_of_stay_expiration_date", Reason.EXPIRY_OF_INDEFINITE),
)
UNTIL: Final = {
    Category.TEMPORARY_REFUGE: "landing_period_until",
    Category.PROVISIONAL_STAY: "provisional_stay_until",
}
# Looking a member up in its class costs more than all of a rule does.
_MID_LONG_TERM = Category.MID_LONG_TERM
ORIGINAL_LETTER = re.compile(
    f"[{KANJI}{LOOKALIKE}\u3041-\u3096\u30a1-\u30fa\uff66-\uff9dA-Za-z]|\\{{U\\+"
)
_ANNOUNCED = frozenset({"M05", "M06"})
NEXT_ADDRESS = frozenset({"M05", "M06", "M11"})


# Thousands of notices share a day, and writing a date out is slow.
_text = lru_cache(maxsize=1024)(date.isoformat)


def _allowed(events: Mapping[str, Event]) -> frozenset[tuple[str, str, str]]:
    return frozenset(
        (event.code, operation, category)
        for event in events.values()
        if not event.required
        for operation in event.operations
        for category in event.categories
    )


# What may simply be; an event that requires items is always looked at closely.
_PLAIN = _allowed(ISA_EVENTS) | _allowed(MUNICIPAL_EVENTS)


def check_isa_notice(values: Values, tables: RuleTables) -> list[Breach]:
    """Return every rule that a 法務省通知 breaks.

    A snapshot is a million of these, so each condition here only tells whether a rule
    could object; the function it guards looks closely.
    """
    found: list[Breach] = []
    event, day, issued = values["event_code"], values["event_date"], values["issued_at"]
    category, birth = values["art30_45_category"], values["birth_date"]
    if (event, values["operation_hint"], category) not in _PLAIN:
        _event(values, "operation_hint", ISA_EVENTS, found)
    if (
        values["name_roman"] is None
        or values["nationality_region"] not in tables.plain_nationalities
        or day is None
        or birth is None
        or not FIRST_BIRTH <= birth <= _text(day)
    ):
        _person(values, day, tables, found)
    if values["municipality_code"] not in tables.plain_municipalities:
        _municipality(values, "municipality_code", _spanned(day, issued), tables, found)
    if day is not None and issued is not None and day > issued.date():
        found.append(Breach("event_date", Reason.EVENT_IN_FUTURE))
    if values["name_kanji"] is not None or values["name_kanji_original"] is not None:
        _kanji(values, tables, found)
    if category is _MID_LONG_TERM:
        _stay(values, tables, found)
    elif category in UNTIL:
        _until(values, UNTIL[category], day, found)
    prior = values["prior_card_number"]
    if prior is not None and prior == values.get("card_number"):
        _same_card(event, found)
    return found


def check_municipal_notice(values: Values, tables: RuleTables) -> list[Breach]:
    """Return every rule that a 市町村通知 breaks."""
    found: list[Breach] = []
    day, processed, event = values["event_date"], values["processed_at"], values["event_code"]
    if (event, values["operation"], values["art30_45_category"]) not in _PLAIN:
        _event(values, "operation", MUNICIPAL_EVENTS, found)
    _person(values, day, tables, found)
    if values["name_kanji"] is not None:
        _seiji(values["name_kanji"], tables, found)
    own, following = values["municipality_code"], values["next_municipality_code"]
    if own not in tables.plain_municipalities:
        _municipality(values, "municipality_code", _spanned(day, processed), tables, found)
    if following is not None and following not in tables.plain_municipalities:
        _municipality(values, "next_municipality_code", _spanned(day, processed), tables, found)
    if following is not None and following == own:
        found.append(Breach("next_municipality_code", Reason.MOVE_TO_SELF))
    if processed is not None:
        _processed(values, processed.date(), found)
    if event is not None and event not in NEXT_ADDRESS:
        found.extend(
            Breach(name, Reason.NOT_OF_EVENT, {"event": str(event)})
            for name in ("next_address", "next_municipality_code")
            if values[name] is not None
        )
    if values["operation"] == Operation.ENTRY and event == "M11" and values["address"] is None:
        found.append(Breach("address", Reason.REQUIRED_BY_EVENT, {"event": "M11"}))
    _since(values, day, found)
    return found


def check_residence_report(values: Values, tables: RuleTables) -> list[Breach]:
    """Return every rule that a 住居地届出 breaks."""
    found: list[Breach] = []
    since, reported = values["residence_since"], values["reported_on"]
    _person(values, since, tables, found)
    if values["name_kanji"] is not None:
        _seiji(values["name_kanji"], tables, found)
    if values["municipality_code"] not in tables.plain_municipalities:
        _municipality(values, "municipality_code", _spanned(since, reported), tables, found)
    if since is not None and reported is not None and since > reported:
        found.append(Breach("residence_since", Reason.RESIDENCE_AFTER_REPORT))
    report, deemed = values["report_kind"], values["deemed_by"]
    if report is not None and deemed is not None and deemed not in DEEMED[report]:
        facts = {"report": str(report), "allowed": _listed(DEEMED[report])}
        found.append(Breach("deemed_by", Reason.DEEMED_OTHERWISE, facts))
    return found


def check_isa_population(values: Values, tables: RuleTables) -> list[Breach]:
    """Return every rule that an entry of a full population breaks.

    The day of the extract stands where a notice has the day of its event. An entry grants
    nothing, so a stay that has ended by then is told of the register, not refused.
    """
    found: list[Breach] = []
    as_of = values["as_of"]
    day = None if as_of is None else as_of.date()
    seen = defaultdict(_nothing, values, event_date=day)
    _person(seen, day, tables, found)
    if values["municipality_code"] not in tables.plain_municipalities:
        _municipality(seen, "municipality_code", _spanned(day, None), tables, found)
    if values["name_kanji"] is not None:
        _carried_kanji(values["name_kanji"], tables, found)
    category = values["art30_45_category"]
    if category is _MID_LONG_TERM:
        _stay(seen, tables, found)
    elif category in UNTIL:
        _until(seen, UNTIL[category], day, found)
    return [each._replace(reason=_OF_EXTRACT.get(each.reason, each.reason)) for each in found]


def _nothing() -> None:
    """Stand for an item that entries do not have."""


_OF_EXTRACT: Final = {
    Reason.BIRTH_AFTER_EVENT: Reason.AFTER_EXTRACT,
    Reason.NATIONALITY_NOT_IN_FORCE: Reason.NOT_IN_FORCE_AT_EXTRACT,
    Reason.STATUS_NOT_IN_FORCE: Reason.NOT_IN_FORCE_AT_EXTRACT,
    Reason.MUNICIPALITY_NOT_IN_FORCE: Reason.NOT_IN_FORCE_AT_EXTRACT,
    Reason.EXPIRY_BEYOND_PERIOD: Reason.EXPIRY_BEYOND_EXTRACT,
}
"""What is said of an entry, to which nothing happened, where a notice has an event."""


CHECKS: Final[Mapping[Kind, Callable[[Values, RuleTables], list[Breach]]]] = {
    Kind.ISA_NOTICE: check_isa_notice,
    Kind.MUNICIPAL_NOTICE: check_municipal_notice,
    Kind.RESIDENCE_REPORT: check_residence_report,
    Kind.ISA_POPULATION: check_isa_population,
}
"""The rules of each kind of record."""

# 入管法 19条の7第2項, 19条の8第3項, 19条の9第3項, 入管特例法 10条 [M]: kept wide on purpose.
_MOVES = frozenset({DeemedBy.MOVED_IN, DeemedBy.MOVED_WITHIN, DeemedBy.FROM_ABROAD})
DEEMED: Final = {
    ReportKind.NEW_LANDING: frozenset({DeemedBy.FROM_ABROAD}),
    ReportKind.CHANGE_OF_STATUS: frozenset(DeemedBy),
    ReportKind.MOVE: _MOVES,
    ReportKind.SPR_FIRST: frozenset(DeemedBy),
    ReportKind.SPR_CHANGE: _MOVES,
}


def _event(
    values: Values, operation_field: str, events: Mapping[str, Event], found: list[Breach]
) -> None:
    """Look closely at an event that does not simply fit, or requires items."""
    code, category = values["event_code"], values["art30_45_category"]
    operation = values[operation_field]
    if code is None:
        return
    event = events[code]
    if operation is not None and operation not in event.operations:
        facts = {"event": event.code, "allowed": _listed(event.operations)}
        found.append(Breach(operation_field, Reason.EVENT_OPERATION, facts))
    if category is not None and category not in event.categories:
        facts = {"event": event.code, "allowed": _listed(event.categories)}
        found.append(Breach("art30_45_category", Reason.EVENT_CATEGORY, facts))
    found.extend(
        Breach(name, Reason.REQUIRED_BY_EVENT, {"event": event.code})
        for name in sorted(event.required)
        if values[name] is None
    )


def _person(values: Values, day: date | None, tables: RuleTables, found: list[Breach]) -> None:
    if values["name_roman"] is None and values["name_kanji"] is None:
        found.append(Breach("name_roman", Reason.NAME_MISSING))
    birth = values["birth_date"]
    # Text compares as time does, and an unknown month or day (00) as its earliest.
    if birth is not None and day is not None and birth > _text(day):
        found.append(Breach("birth_date", Reason.BIRTH_AFTER_EVENT))
    if birth is not None and birth < FIRST_BIRTH:
        facts = {"year": EARLIEST_BIRTH_YEAR}
        found.append(Breach("birth_date", Reason.BIRTH_TOO_EARLY, facts))
    if values["nationality_region"] not in tables.plain_nationalities:
        _nationality(values, day, tables, found)


def _nationality(values: Values, day: date | None, tables: RuleTables, found: list[Breach]) -> None:
    """Say what is wrong with a nationality that is not right on every day."""
    code = values["nationality_region"]
    if code is None:
        return
    days = tables.nationalities.get(code)
    if days is None:
        facts = {"table": "nationality_region"}
        found.append(Breach("nationality_region", Reason.CODE_UNKNOWN, facts))
        return
    last = days.last if values.get("event_code") in _NATIONALITY_ANEW else date.max
    if day is not None and not days.first <= day <= last:
        found.append(Breach("nationality_region", Reason.NATIONALITY_NOT_IN_FORCE))


def _spanned(day: date | None, told: date | None) -> Days | None:
    """Return the days from an event to its notice; a move can be announced before it."""
    known = [each.date() if isinstance(each, datetime) else each for each in (day, told) if each]
    return Days(min(known), max(known)) if known else None


def _municipality(
    values: Values, name: str, notice: Days | None, tables: RuleTables, found: list[Breach]
) -> None:
    """Say what is wrong with a municipality code that is not right on every day.

    One that was in force on any day of *notice* is right: wards are redrawn between an
    event and its notice, and either code may then be the one that is written.
    """
    code = values[name]
    if code is None:
        return
    place = tables.municipalities.get(code)
    if place is None and has_valid_check_digit(code):
        found.append(Breach(name, Reason.CODE_UNKNOWN, {"table": "municipality"}))
    elif place is None:
        found.append(Breach(name, Reason.CHECK_DIGIT))
    elif not place.office:
        found.append(Breach(name, Reason.MUNICIPALITY_WITHOUT_OFFICE))
    elif notice and (notice.last < place.in_force.first or place.in_force.last < notice.first):
        found.append(Breach(name, Reason.MUNICIPALITY_NOT_IN_FORCE))


def _kanji(values: Values, tables: RuleTables, found: list[Breach]) -> None:
    kanji = values["name_kanji"]
    if kanji is None:
        found.append(Breach("name_kanji_original", Reason.ORIGINAL_WITHOUT_KANJI))
        return
    original = values["name_kanji_original"]
    if original is not None and ORIGINAL_LETTER.search(original) is None:
        found.append(Breach("name_kanji_original", Reason.NAME_WITHOUT_LETTER))
    _carried_kanji(kanji, tables, found)


def _carried_kanji(kanji: str, tables: RuleTables, found: list[Breach]) -> None:
    """Refuse what is no kanji in a name that comes from the agency.

    A kanji that is no 正字 is news that nobody here may rewrite: it travels, is noticed
    (text/noticing.py), and waits at the registry, where a person can decide.
    """
    for position, one in not_seiji(kanji, tables.names.seiji):
        if (reason := refusal_of(one)) is not None:
            found.append(_of_character(reason, position, one))
            return


def _seiji(kanji: str, tables: RuleTables, found: list[Breach]) -> None:
    """Refuse a kanji that is no 正字 where nobody at the receiver is asked about the name."""
    for position, one in not_seiji(kanji, tables.names.seiji):
        found.append(_of_character(refusal_of(one) or Reason.NOT_SEIJI, position, one))
        return


def _of_character(reason: Reason, position: int, one: str) -> Breach:
    return Breach("name_kanji", reason, {"position": position, "character": written(one)})


def _same_card(event: str | None, found: list[Breach]) -> None:
    if event in _NEW_CARD:
        found.append(Breach("card_number", Reason.CARD_NOT_REPLACED, {"event": str(event)}))


def _stay(values: Values, tables: RuleTables, found: list[Breach]) -> None:
    code, years = values["status_of_residence"], values["period_years"]
    # Not "==": comparing a number with text costs more than the rest of this rule.
    indefinite = isinstance(years, str)
    if (code, indefinite) not in tables.plain_stays or values["event_code"] in STATUS_OF_EVENT:
        _status(values, tables, found)
    if indefinite:
        _without_end(values, found)
    elif years is not None:
        _with_end(values, years, tables, found)


def _status(values: Values, tables: RuleTables, found: list[Breach]) -> None:
    """Look closely at a status of residence that is not simply right."""
    code, event, day = values["status_of_residence"], values["event_code"], values["event_date"]
    if code is None:
        return
    status = tables.statuses.get(code)
    if status is None:
        facts = {"table": "status_of_residence"}
        found.append(Breach("status_of_residence", Reason.CODE_UNKNOWN, facts))
        return
    if not status.mid_long_term:
        found.append(Breach("status_of_residence", Reason.STATUS_NOT_MID_LONG_TERM))
    else:
        _indefinite(values, status, found)
    # Whoever was granted an old status keeps it until it is changed.
    last = status.in_force.last if event in _GRANTS else date.max
    if day is not None and not status.in_force.first <= day <= last:
        found.append(Breach("status_of_residence", Reason.STATUS_NOT_IN_FORCE))
    if event in STATUS_OF_EVENT and code not in STATUS_OF_EVENT[event]:
        facts = {"event": str(event), "allowed": _listed(STATUS_OF_EVENT[event])}
        found.append(Breach("status_of_residence", Reason.EVENT_STATUS, facts))


def _indefinite(values: Values, status: Status, found: list[Breach]) -> None:
    years = values["period_years"]
    if years is None or (years == INDEFINITE) is status.indefinite:
        return
    reason = Reason.STATUS_INDEFINITE if status.indefinite else Reason.STATUS_NOT_INDEFINITE
    found.append(Breach("period_years", reason))


def _without_end(values: Values, found: list[Breach]) -> None:
    for name, reason in _ABSENT_OF_INDEFINITE:
        if values[name] is not None:
            found.append(Breach(name, reason))


def _with_end(values: Values, years: int, tables: RuleTables, found: list[Breach]) -> None:
    period = (years, values["period_months"], values["period_days"])
    fault = fault_of_period(values["status_of_residence"], period, tables)
    found.extend(fault)
    if values["period_of_stay_expiration_date"] is None:
        found.append(Breach("period_of_stay_expiration_date", Reason.EXPIRY_MISSING))
    elif values["event_date"] is not None:
        _expiry(values, None if fault else period, found)


def fault_of_period(status: str | None, period: Period, tables: RuleTables) -> list[Breach]:
    """Return what is wrong with a *period* of stay for this *status*, as far as it is known."""
    years, months, days = period
    if months is None or days is None:
        return [
            Breach(name, Reason.PERIOD_INCOMPLETE)
            for name, value in (("period_months", months), ("period_days", days))
            if value is None
        ]
    if not years and months * _DAYS_PER_MONTH + days <= _SHORT_PERIOD_DAYS:
        return [Breach("period_years", Reason.PERIOD_TOO_SHORT)]
    known = tables.statuses.get(status) if status else None
    if known is None or not known.limited or known.permitted.allows(period):
        return []
    return [Breach("period_years", Reason.PERIOD_NOT_OF_STATUS, {"allowed": known.periods})]


def _expiry(values: Values, period: Period | None, found: list[Breach]) -> None:
    """Hold the end of the stay against the event and *period*, if that is right itself."""
    expiry, day = values["period_of_stay_expiration_date"], values["event_date"]
    event = values["event_code"]
    if expiry < day:
        late = event in _CARD_EVENTS and expiry + SPECIAL_PERIOD < day
        if event in _GRANTS or late:
            found.append(Breach("period_of_stay_expiration_date", Reason.EXPIRY_BEFORE_EVENT))
    # The error that is put right may be an old one, and the items are those of today.
    elif period and event != "N17" and expiry - day > longest(period) + LONGEST_AHEAD:
        found.append(Breach("period_of_stay_expiration_date", Reason.EXPIRY_BEYOND_PERIOD))


@lru_cache(maxsize=256)
def longest(period: Period) -> timedelta:
    """Return how long a *period* of stay can be at most."""
    years, months, days = period
    return timedelta(days=366 * years + 31 * months + days)


def _until(values: Values, name: str, day: date | None, found: list[Breach]) -> None:
    until, corrects = values[name], values["operation_hint"] == Operation.CORRECTION
    if until is None or day is None:
        return
    if corrects and until < day:
        found.append(Breach(name, Reason.EXPIRY_BEFORE_EVENT))
    elif values["event_code"] != "N17" and until - day > LATEST_PERMISSION:
        found.append(Breach(name, Reason.EXPIRY_BEYOND_PERIOD))


def _processed(values: Values, processed: date, found: list[Breach]) -> None:
    day, notified = values["event_date"], values["notified_on"]
    if day is not None and day > processed and values["event_code"] not in _ANNOUNCED:
        found.append(Breach("event_date", Reason.EVENT_IN_FUTURE))
    if notified is not None and notified > processed:
        found.append(Breach("notified_on", Reason.NOTIFIED_AFTER_PROCESSING))


def _since(values: Values, day: date | None, found: list[Breach]) -> None:
    since, birth = values["foreign_resident_since"], values["birth_date"]
    if since is None:
        return
    if day is not None and since > day:
        found.append(Breach("foreign_resident_since", Reason.RESIDENT_AFTER_EVENT))
    if birth is not None and since.isoformat() < birth:
        found.append(Breach("foreign_resident_since", Reason.RESIDENT_BEFORE_BIRTH))


def _listed(values: Iterable[str]) -> str:
    return ", ".join(sorted(values))
