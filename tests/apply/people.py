"""Invented people, and notices about them. Every card number here is made up."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from mediabridge.apply import Applied, AppliedBundleInfo, Registry, apply_bundle
from mediabridge.apply.texts import NoticeTexts
from mediabridge.bundle.header import Route
from mediabridge.kinds import Kind
from mediabridge.records.model import ADAPTERS, IsaNotice
from mediabridge.records.tables import shipped

NAMES = shipped().names
"""The table of Notice 582 as it is shipped."""

NOW = datetime(2026, 11, 23, 0, 30, tzinfo=UTC)
ROUTE = Route.model_validate({"from": "lgwan", "to": "registry"})

OLD_CARD = "AB00000001CD"
NEW_CARD = "ZZ00000001CD"
NEWER_CARD = "ZZ00000002CD"

RESIDENT = {
    "card_number": OLD_CARD,
    "art30_45_category": "1",
    "name_roman": "EXAMPLE ALICE",
    "birth_date": "1990-05-17",
    "sex": "2",
    "nationality_region": "USA",
    "status_of_residence": "226",
    "period_years": "3",
    "period_months": "0",
    "period_days": "0",
    "period_of_stay_expiration_date": "2026-12-01",
    "address": "1-2-3 Example-cho",
}
SPECIAL_PERMANENT = {
    "card_number": OLD_CARD,
    "art30_45_category": "2",
    "name_kanji": "例示花子",
    "birth_date": "1960-00-00",
    "sex": "2",
    "nationality_region": "KOR",
}

EXTENSION = {
    "notice_id": "N-0001",
    "sequence": 1,
    "municipality_code": "131041",
    "issued_at": "2026-11-22T09:00:00+09:00",
    "event_code": "N02",
    "event_date": "2026-11-21",
    "operation_hint": "correction",
    "prior_card_number": OLD_CARD,
    "card_type": "1",
    "card_number": NEW_CARD,
    "art30_45_category": "1",
    "name_roman": "EXAMPLE ALICE",
    "birth_date": "1990-05-17",
    "sex": "2",
    "nationality_region": "USA",
    "status_of_residence": "226",
    "period_years": 3,
    "period_months": 0,
    "period_days": 0,
    "period_of_stay_expiration_date": "2029-12-01",
}
"""N02 for :data:`RESIDENT`: three more years, a new card."""

_SAME_STAY = {"period_of_stay_expiration_date": "2026-12-01"}
_OF_CATEGORY_1 = (
    "status_of_residence",
    "period_years",
    "period_months",
    "period_days",
    "period_of_stay_expiration_date",
)


def notice(**items: Any) -> IsaNotice:
    """EXTENSION with *items* instead; None takes an item away."""
    values = {name: value for name, value in (EXTENSION | items).items() if value is not None}
    record = ADAPTERS[Kind.ISA_NOTICE].validate_python(values)
    assert isinstance(record, IsaNotice)
    return record


def same_stay(event_code: str, **items: Any) -> IsaNotice:
    """A notice that leaves the period of stay of RESIDENT as it is."""
    return notice(**(_SAME_STAY | {"event_code": event_code} | items))


def unchanged(event_code: str, operation_hint: str, **items: Any) -> IsaNotice:
    """A notice that also leaves the card of RESIDENT as it is."""
    return same_stay(
        event_code,
        operation_hint=operation_hint,
        prior_card_number=None,
        card_number=OLD_CARD,
        **items,
    )


def without_category_1(**items: Any) -> IsaNotice:
    """A notice without the items that only category 1 has."""
    return notice(**(dict.fromkeys(_OF_CATEGORY_1) | items))


def bundle(seq: int = 1, **items: Any) -> AppliedBundleInfo:
    """The bundle number *seq* of the route."""
    values: dict[str, Any] = {
        "bundle_id": f"{seq:032x}",
        "route": ROUTE,
        "seq": seq,
        "sums_sha256": f"{seq:064x}",
    }
    return AppliedBundleInfo(**(values | items))


def texts(*notices: IsaNotice) -> list[NoticeTexts]:
    """Give *notices* as a station does when it has found them right."""
    return list(map(NoticeTexts.of, notices))


def apply(registry: Registry, *notices: IsaNotice, seq: int = 1) -> Applied:
    """Apply *notices* as bundle *seq*."""
    return apply_bundle(
        registry,
        bundle(seq),
        texts(*notices),
        now=NOW,
        decided_by="clerk-1",
        before_commit=lambda _counts: None,
        names=NAMES,
    )


def results(registry: Registry, *notices: IsaNotice, seq: int = 1) -> list[str]:
    """Apply *notices*; give each result, or its reason where it has one."""
    applied = apply(registry, *notices, seq=seq)
    outcomes = list(registry.outcomes(applied.bundle.bundle_id))
    counted = dict(applied.counts.by_result)
    for outcome in outcomes:
        counted[outcome.result] -= 1
    assert not any(counted.values())
    return [str(outcome.reason or outcome.result) for outcome in outcomes]
