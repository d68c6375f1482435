"""A population compared with the register: every row of the table, and what is kept of it."""

from __future__ import annotations

from typing import Any

import pytest

from mediabridge.apply import Registry
from mediabridge.apply.population.findings import FindingKind
from mediabridge.apply.population.rules import POPULATION_RULES
from mediabridge.apply.rules import RULES
from mediabridge.errors import AlreadyAppliedError, PopulationElsewhereError
from mediabridge.records.model import Result
from tests.apply.contract.adapters import population as people
from tests.apply.contract.conftest import Make
from tests.apply.people import NEW_CARD, OLD_CARD, RESIDENT, apply, notice, same_stay
from tests.apply.populations import compare, entry, found, open_cases, outcomes, population

pytestmark = pytest.mark.in_turns

STRANGER = "QQ00000001CD"
UNFIT = "例张伟"
OTHER = {
    "card_number": "QQ00000002CD",
    "name_roman": "EXAMPLE BOB",
    "birth_date": "1980-01-02",
    "sex": "1",
}
CARDLESS: dict[str, Any] = {
    **dict.fromkeys(
        ("card_type", "card_number", "status_of_residence", "period_years", "period_months",
         "period_days", "period_of_stay_expiration_date")
    ),
    "art30_45_category": "5",
}  # fmt: skip
NEWBORN = {
    name: value for name, value in (RESIDENT | CARDLESS).items() if value and name != "card_type"
}

SAME: list[dict[str, Any]] = [
    {},
    # What the extract does not know is no difference.
    {"sex": "9"},
    {"birth_date": "1990-05-00"},
    {"period_months": None, "period_days": None},
    # The address is the city's own business.
    {"address": None},
    {"address": "9-9-9 Elsewhere"},
]


@pytest.mark.parametrize("items", SAME)
def test_register_says_the_same(registry: Registry, items: dict[str, Any]) -> None:
    before = people(registry)
    applied = compare(registry, entry(**items))
    assert applied.counts[Result.ALREADY_APPLIED] == applied.counts.records == 1
    assert outcomes(registry) == ["already_applied"]
    assert found(registry) == []
    assert people(registry) == before


DIFFERENT: list[tuple[dict[str, Any], str, str]] = [
    ({"status_of_residence": "211"}, "different", "POPULATION_DIFFERS"),
    ({"period_of_stay_expiration_date": "2029-12-01"}, "different", "POPULATION_DIFFERS"),
    ({"name_kanji": "例"}, "different", "POPULATION_DIFFERS"),
    ({"name_roman": "EXAMPLE ALI-CE"}, "different", "POPULATION_DIFFERS"),
    ({"birth_date": "1990-05-18"}, "unclear", "POPULATION_IDENTITY"),
    ({"sex": "1"}, "unclear", "POPULATION_IDENTITY"),
    ({"nationality_region": "CAN"}, "unclear", "POPULATION_IDENTITY"),
    ({"name_roman": "EXAMPLE BEATRICE"}, "unclear", "POPULATION_IDENTITY"),
]


@pytest.mark.parametrize(("items", "kind", "reason"), DIFFERENT)
def test_register_says_otherwise(
    registry: Registry, items: dict[str, Any], kind: str, reason: str
) -> None:
    before = people(registry)
    compare(registry, entry(**items))
    assert outcomes(registry) == [reason]
    assert found(registry) == [(1, kind, reason)]
    (case,) = open_cases(registry)
    assert case.open.finding.entry == entry(**items)
    assert case.resident is not None
    assert case.resident.card_number == OLD_CARD
    # Nothing of an extract is applied by the rules.
    assert people(registry) == before


def test_nobody_here_has_the_card(registry: Registry) -> None:
    compare(registry, entry(), entry(2, **(OTHER | {"card_number": STRANGER})))
    assert outcomes(registry) == ["already_applied", "POPULATION_MISSING"]
    assert found(registry) == [(2, "missing", "POPULATION_MISSING")]


def test_new_card_of_somebody_like_them_is_no_new_person(registry: Registry) -> None:
    """Nor is the one they are like extra: the extract names them, if by another card."""
    compare(registry, entry(card_number=NEW_CARD))
    assert outcomes(registry) == ["POPULATION_PERSON_LIKE"]
    assert found(registry) == [(1, "unclear", "POPULATION_PERSON_LIKE")]
    (case,) = open_cases(registry)
    assert case.resident is not None
    assert case.resident.card_number == OLD_CARD


def test_kanji_that_are_no_seiji_are_compared_with_nothing_and_never_entered(
    registry_of: Make,
) -> None:
    """By the table of Notice 582 a person chooses as what such a name is entered."""
    registry = registry_of(RESIDENT | {"name_kanji": "例"})
    unfit = {"name_kanji": UNFIT}
    compare(
        registry,
        entry(**unfit),
        entry(2, **(OTHER | unfit)),
        entry(3, **(OTHER | unfit | {"card_number": STRANGER, "name_roman": None})),
    )
    assert outcomes(registry) == ["already_applied", *["POPULATION_NOT_SEIJI"] * 2]
    assert found(registry) == [
        (2, "unclear", "POPULATION_NOT_SEIJI"),
        (3, "unclear", "POPULATION_NOT_SEIJI"),
    ]
    assert [each.change for each in open_cases(registry)] == [None, None]


def test_entry_without_a_card(registry_of: Make) -> None:
    registry = registry_of(NEWBORN)
    compare(
        registry,
        entry(1, **CARDLESS),
        entry(2, **(CARDLESS | {"art30_45_category": "6"})),
        entry(3, **(CARDLESS | {"birth_date": "1999-01-01"})),
    )
    assert outcomes(registry) == ["already_applied", "POPULATION_NO_CARD", "POPULATION_NO_CARD"]
    assert [each[1] for each in found(registry)] == ["unclear", "unclear"]


def test_who_moved_out_is_told_with_where_to(registry_of: Make) -> None:
    gone = RESIDENT | {"state": "moved_out", "next_municipality_code": "112038"}
    registry = registry_of(gone)
    compare(registry, entry())
    (told,) = registry.outcomes(f"{1:032x}")
    assert (told.result, told.next_municipality_code) == (Result.MOVED_OUT, "112038")
    assert found(registry) == []


def test_deleted_record_is_for_a_person(registry_of: Make) -> None:
    registry = registry_of(RESIDENT | {"state": "deleted"})
    compare(registry, entry())
    assert found(registry) == [(1, "unclear", "POPULATION_DELETED")]


@pytest.mark.parametrize(
    "later",
    [
        {"last_issued_at": "2026-11-20T02:00:01+09:00"},
        {"last_event_date": "2026-11-21"},
        {"foreign_resident_since": "2026-11-21"},
    ],
)
def test_later_news_stands_above_the_extract(registry_of: Make, later: dict[str, str]) -> None:
    registry = registry_of(RESIDENT | later, RESIDENT | OTHER | later)
    compare(registry, entry(status_of_residence="211"))
    assert outcomes(registry) == ["POPULATION_OLDER"]
    # And who came later is not missed in it.
    assert found(registry) == []


def test_replaced_card_does_not_come_back(registry: Registry) -> None:
    apply(
        registry, same_stay("N06", issued_at="2026-11-19T09:00:00+09:00", event_date="2026-11-19")
    )
    compare(registry, entry(), seq=2)
    assert found(registry, 2) == [(1, "unclear", "POPULATION_OLD_CARD")]


def test_who_is_not_named_is_found(registry_of: Make) -> None:
    registry = registry_of(
        RESIDENT,
        RESIDENT | OTHER,
        NEWBORN | {"name_roman": "EXAMPLE BABY"},
        RESIDENT | {"card_number": "QQ00000003CD", "state": "moved_out"},
        RESIDENT | {"card_number": "QQ00000004CD", "state": "deleted"},
    )
    applied = compare(registry, entry())
    assert applied.counts.records == 1
    assert found(registry) == [(2, "extra", "POPULATION_EXTRA")]
    (case,) = open_cases(registry)
    assert case.resident is not None
    assert case.resident.name_roman == "EXAMPLE BOB"


def test_same_entry_again_and_other_content(registry: Registry) -> None:
    compare(registry, entry(status_of_residence="211"))
    compare(registry, entry(status_of_residence="211"), seq=2)
    compare(registry, entry(status_of_residence="212"), seq=3)
    assert outcomes(registry, 2) == ["POPULATION_DIFFERS"]
    # What was found stands where it came first.
    assert found(registry, 2) == []
    assert outcomes(registry, 3) == ["POPULATION_ID_REUSED"]


# --- what is kept -------------------------------------------------------------------


def test_population_is_counted(registry_of: Make) -> None:
    registry = registry_of(RESIDENT, RESIDENT | OTHER)
    compare(registry, entry(status_of_residence="211"), entry(2, card_number=STRANGER, sex="1"))
    came = population(registry)
    assert (came.bundle_id, came.seq, came.taken_by) == (f"{1:032x}", 1, "clerk-1")
    assert (came.extract.extract_id, came.extract.moment) == ("X-1", "2026-11-20T02:00:00+09:00")
    assert came.counts[Result.HELD] == came.counts.records == 2
    assert (
        came.found
        == came.waiting
        == {
            FindingKind.DIFFERENT: 1,
            FindingKind.MISSING: 1,
            FindingKind.EXTRA: 1,
        }
    )
    assert came.open == 3
    (entry_of,) = registry.journal()
    assert entry_of.counts == came.counts


def test_findings_are_no_held_notices(registry: Registry) -> None:
    compare(registry, entry(status_of_residence="211"))
    assert list(registry.held()) == []
    assert registry.held_record("E-0001") is None


def test_findings_are_found_by_card(registry_of: Make) -> None:
    registry = registry_of(RESIDENT, RESIDENT | OTHER)
    compare(registry, entry(status_of_residence="211"))
    found_here = [
        [each.position for each in registry.findings_about(cards)]
        for cards in ([OLD_CARD], [OTHER["card_number"], STRANGER], [], [OLD_CARD, "QQ00000002CD"])
    ]
    assert found_here == [[1], [2], [], [1, 2]]


def test_pages_lose_nobody(registry_of: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("population.taking", "sqlite.findings", "postgres.findings"):
        monkeypatch.setattr(f"mediabridge.apply.{module}.APPLY_BATCH", 2)
    registry = registry_of(RESIDENT)
    strangers = [
        entry(number, card_number=f"QQ0000000{number}CD", birth_date=f"1980-01-0{number}")
        for number in range(2, 8)
    ]
    compare(registry, entry(), *strangers)
    assert [each[0] for each in found(registry)] == [2, 3, 4, 5, 6, 7]
    came = population(registry)
    assert [each.finding.position for each in registry.findings(came.bundle_id, 4)] == [5, 6, 7]
    one = registry.finding(came.bundle_id, 5)
    assert one is not None
    assert one.finding.entry == strangers[3]
    assert registry.finding(came.bundle_id, 1) is None


# --- all or nothing -----------------------------------------------------------------


class StopError(Exception):
    """Raised by the tests in the middle of a bundle."""


def test_what_stops_leaves_nothing(registry: Registry) -> None:
    from mediabridge.apply.population.taking import apply_population  # noqa: PLC0415
    from tests.apply.people import NAMES, NOW, bundle  # noqa: PLC0415

    def no_log(_counts: object) -> None:
        raise StopError

    before = registry.fingerprint()
    for _again in range(2):
        with pytest.raises(StopError):
            apply_population(
                registry, bundle(), [entry(status_of_residence="211")], names=NAMES, now=NOW,
                decided_by="clerk-1", before_commit=no_log,
            )  # fmt: skip
        assert registry.fingerprint() == before
    compare(registry, entry(status_of_residence="211"))
    with pytest.raises(AlreadyAppliedError):
        compare(registry, entry(status_of_residence="211"))
    assert len(found(registry)) == 1


def test_notices_and_populations_share_the_order(registry: Registry) -> None:
    apply(registry, notice())
    compare(registry, entry(card_number=NEW_CARD), seq=2)
    assert [each.bundle.seq for each in registry.journal()] == [1, 2]


def test_where_nobody_is_kept_nothing_is_compared(any_registry: Registry) -> None:
    if any_registry.keeps_people:
        return
    before = any_registry.fingerprint()
    with pytest.raises(PopulationElsewhereError):
        compare(any_registry, entry())
    assert any_registry.fingerprint() == before
    assert list(any_registry.populations()) == []


def test_every_row_has_its_basis() -> None:
    assert all(rule.basis and rule.basis.endswith(".") for rule in POPULATION_RULES)
    assert not {rule.reason for rule in POPULATION_RULES} & {
        rule.reason for rule in RULES if rule.reason.value != "MOVED_OUT"
    }
