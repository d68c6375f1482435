"""What the city entered because the agency told it is not told back; everything else is."""

from __future__ import annotations

from typing import Any

import pytest

from mediabridge.apply import Resident
from mediabridge.apply.echo import is_echo
from mediabridge.apply.resident import State
from mediabridge.kinds import Kind
from mediabridge.records.events import MunicipalEvent
from mediabridge.records.model import ADAPTERS, MunicipalNotice

TOLD = Resident(
    id=1, state=State.RESIDENT, card_number="ZZ00000001CD", art30_45_category="1",
    name_roman="EXAMPLE ALICE", name_kanji=None, birth_date="1990-05-17", sex="2",
    nationality_region="USA", status_of_residence="226", period_years="3", period_months=0,
    period_days=0, period_of_stay_expiration_date="2029-12-01", landing_period_until=None,
    provisional_stay_until=None, address="1-2-3 Example-cho", foreign_resident_since=None,
    next_municipality_code=None, last_event_date="2026-11-21",
    last_issued_at="2026-11-22T09:00:00+09:00", last_sequence=1,
)  # fmt: skip
"""As the record is since the agency's notice was applied."""

ECHO: dict[str, Any] = {
    "notice_id": "M-0001",
    "sequence": 1,
    "municipality_code": "131041",
    "processed_at": "2026-11-23T09:30:00+09:00",
    "event_code": "M11",
    "event_date": "2026-11-21",
    "operation": "correction",
    "art30_45_category": "1",
    "card_type": "1",
    "card_number": "ZZ00000001CD",
    "name_roman": "EXAMPLE ALICE",
    "birth_date": "1990-05-17",
    "sex": "2",
    "nationality_region": "USA",
}


def notice(**items: Any) -> MunicipalNotice:
    values = {name: value for name, value in (ECHO | items).items() if value is not None}
    record = ADAPTERS[Kind.MUNICIPAL_NOTICE].validate_python(values)
    assert isinstance(record, MunicipalNotice)
    return record


@pytest.mark.parametrize(
    ("told", "known"),
    [
        ({}, {}),
        ({"address": "1-2-3 Example-cho"}, {}),
        ({"processed_at": "2026-11-22T09:00:00+09:00"}, {}),
        ({"operation": "deletion"}, {"state": State.DELETED}),
    ],
)
def test_what_only_repeats_is_left_out(told: dict[str, Any], known: dict[str, Any]) -> None:
    assert is_echo(notice(**told), TOLD._replace(**known))


@pytest.mark.parametrize(
    ("told", "known"),
    [
        # Something the agency does not know.
        ({"address": "4-5-6 Example-cho"}, {}),
        ({"name_roman": "EXAMPLE ALICIA"}, {}),
        ({"name_kanji": "例示愛"}, {}),
        ({"birth_date": "1990-05-18"}, {}),
        ({"sex": "1"}, {}),
        ({"nationality_region": "CAN"}, {}),
        ({"card_number": "ZZ00000002CD"}, {}),
        ({}, {"art30_45_category": "2"}),
        ({"foreign_resident_since": "2020-01-01"}, {}),
        ({"previous_address": "4-5-6 Example-cho"}, {}),
        ({"next_address": "4-5-6 Example-cho"}, {}),
        ({"next_municipality_code": "112038"}, {}),
        # On another day, before the notice came, or of a record that it never changed.
        ({"event_date": "2026-11-20"}, {}),
        ({"processed_at": "2026-11-22T08:59:59+09:00"}, {}),
        ({}, {"last_issued_at": None}),
        ({}, {"last_event_date": None}),
        # Not what the notice did.
        ({"operation": "deletion"}, {}),
        ({}, {"state": State.DELETED}),
        ({"operation": "deletion"}, {"state": State.MOVED_OUT}),
        ({"operation": "entry"}, {}),
    ],
)
def test_what_says_more_is_sent(told: dict[str, Any], known: dict[str, Any]) -> None:
    assert not is_echo(notice(**told), TOLD._replace(**known))


@pytest.mark.parametrize("event", sorted(set(MunicipalEvent) - {"M11"}))
def test_what_happened_in_the_city_is_sent(event: str) -> None:
    assert not is_echo(notice(event_code=event), TOLD)
