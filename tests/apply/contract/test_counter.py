"""What the counter asks: cards of a record, and what waits about a card or a person."""

from __future__ import annotations

from collections.abc import Callable, Collection

from mediabridge.apply import Registry
from mediabridge.apply.casework import examine
from mediabridge.apply.journal import Resolution
from mediabridge.records.model import Result
from tests.apply.people import NAMES, NEW_CARD, NEWER_CARD, OLD_CARD, RESIDENT, apply, notice

Make = Callable[..., Registry]
BORN = ("1990-05-17", "USA")
STRANGE = "QQ00000001CD"
OTHER_NAME = notice(notice_id="N-0007", name_roman="EXAMPLE BEATRICE")
NOBODY = notice(notice_id="N-0008", prior_card_number=STRANGE, card_number="QQ00000002CD")


def waiting(
    registry: Registry, cards: Collection[str], born: tuple[str, str] | None = None
) -> list[str]:
    return [each.notice.record_id for each in registry.waiting_about(cards, born)]


def test_cards_of_a_record_are_all_it_ever_had(registry: Registry) -> None:
    apply(registry, notice())
    apply(
        registry,
        notice(notice_id="N-0002", prior_card_number=NEW_CARD, card_number=NEWER_CARD, sequence=2),
        seq=2,
    )
    found = registry.find_by_card(OLD_CARD)
    assert found is not None
    assert registry.cards_of(found.resident.id) == sorted([OLD_CARD, NEW_CARD, NEWER_CARD])
    assert registry.cards_of(99) == []


def test_either_card_of_a_notice_finds_it_once(registry: Registry) -> None:
    apply(registry, OTHER_NAME, NOBODY)
    assert waiting(registry, [OLD_CARD]) == ["N-0007"]
    assert waiting(registry, [NEW_CARD]) == ["N-0007"]
    assert waiting(registry, [OLD_CARD, NEW_CARD]) == ["N-0007"]
    assert waiting(registry, [STRANGE]) == ["N-0008"]
    assert waiting(registry, [NEWER_CARD]) == []
    assert waiting(registry, []) == []


def test_birth_finds_a_notice_that_names_no_card_of_ours(registry: Registry) -> None:
    apply(registry, NOBODY)
    assert waiting(registry, [OLD_CARD], BORN) == ["N-0008"]
    assert waiting(registry, [OLD_CARD], ("1990-05-17", "KOR")) == []
    assert waiting(registry, [OLD_CARD], ("1990-05-18", "USA")) == []


def test_oldest_bundle_comes_first(registry: Registry) -> None:
    apply(registry, NOBODY)
    apply(registry, OTHER_NAME, seq=2)
    assert waiting(registry, [OLD_CARD], BORN) == ["N-0008", "N-0007"]


def test_what_was_decided_does_not_wait(registry: Registry) -> None:
    apply(registry, OTHER_NAME)
    (held,) = registry.waiting_about([OLD_CARD])
    with registry.write_decision() as writer:
        option = examine(held, writer, NAMES).option(Result.REJECTED)
        assert option is not None
        number, supplement = writer.next_numbers(held.bundle_id)
        (outcome,) = registry.outcomes(held.bundle_id)
        writer.decide(
            held,
            Resolution(
                number=number,
                bundle_id=held.bundle_id,
                supplement=supplement,
                position=held.position,
                outcome=outcome,
                decided_at="2026-11-23T01:00:00Z",
                decided_by="clerk-1",
                seconded_by=None,
            ),
            option.change,
        )
    assert waiting(registry, [OLD_CARD], BORN) == []


def test_asking_changes_nothing(registry: Registry) -> None:
    apply(registry, OTHER_NAME)
    before = registry.fingerprint()
    list(registry.waiting_about([OLD_CARD], BORN))
    registry.cards_of(1)
    assert registry.fingerprint() == before
    assert registry.find_by_card(RESIDENT["card_number"]) is not None
