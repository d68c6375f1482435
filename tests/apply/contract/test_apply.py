"""One bundle is one transaction; the same record twice is the same record."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mediabridge.apply import Counts, Registry, apply_bundle
from mediabridge.apply.texts import NoticeTexts
from mediabridge.errors import (
    AlreadyAppliedError,
    RegistryError,
    SequenceGapError,
    SequenceOldError,
)
from mediabridge.records.model import IsaNotice, Result
from tests.apply.contract.adapters import Adapter, population
from tests.apply.people import (
    NAMES,
    NEW_CARD,
    NEWER_CARD,
    NOW,
    OLD_CARD,
    RESIDENT,
    apply,
    bundle,
    notice,
    results,
    same_stay,
    texts,
    unchanged,
)

STRANGER = notice(notice_id="N-0009", prior_card_number="QQ00000001CD", card_number="QQ00000002CD")


class StopError(Exception):
    """Raised by the tests in the middle of a bundle."""


def test_empty_bundle_is_journalled(any_registry: Registry) -> None:
    before = population(any_registry)
    applied = apply(any_registry)
    assert applied.counts.records == 0
    (entry,) = any_registry.journal()
    assert (entry.bundle, entry.counts) == (bundle(), applied.counts)
    assert (entry.applied_at, entry.decided_by) == ("2026-11-23T00:30:00Z", "clerk-1")
    assert population(any_registry) == before


def test_counts_name_every_result(registry: Registry) -> None:
    counts = apply(registry, notice(), STRANGER, notice()).counts
    assert set(counts.by_result) == set(Result)
    assert (counts[Result.APPLIED], counts[Result.HELD]) == (1, 1)
    assert (counts[Result.ALREADY_APPLIED], counts.records) == (1, 3)


def test_outcomes_keep_order(registry: Registry) -> None:
    apply(registry, STRANGER, notice())
    told = [(outcome.record_id, outcome.result) for outcome in registry.outcomes(f"{1:032x}")]
    assert told == [("N-0009", "held"), ("N-0001", "applied")]
    assert list(registry.outcomes(f"{2:032x}")) == []


def test_log_hears_before_commit(
    any_registry: Registry, any_adapter: Adapter, tmp_path: Path
) -> None:
    heard: list[tuple[Counts, int]] = []

    def hear(counts: Counts) -> None:
        with any_adapter.open(tmp_path) as other:
            heard.append((counts, len(list(other.journal()))))

    applied = apply_bundle(
        any_registry,
        bundle(),
        texts(notice()),
        now=NOW,
        decided_by="clerk-1",
        before_commit=hear,
        names=NAMES,
    )
    assert heard == [(applied.counts, 0)]
    assert len(list(any_registry.journal())) == 1


# --- all or nothing ---------------------------------------------------------


def broken_records() -> Iterator[NoticeTexts]:
    yield from texts(notice())
    raise StopError


def no_log(_counts: Counts) -> None:
    raise StopError


def test_broken_records_change_nothing(any_registry: Registry) -> None:
    before = any_registry.fingerprint()
    with pytest.raises(StopError):
        apply_bundle(
            any_registry, bundle(), broken_records(), now=NOW, decided_by="clerk-1",
            before_commit=lambda _counts: None,
            names=NAMES,
        )  # fmt: skip
    assert any_registry.fingerprint() == before
    assert results(any_registry, notice()) in (["applied"], ["handed_over"])


def test_missing_log_changes_nothing(any_registry: Registry) -> None:
    before = any_registry.fingerprint()
    with pytest.raises(StopError):
        apply_bundle(
            any_registry,
            bundle(),
            texts(notice()),
            now=NOW,
            decided_by="clerk-1",
            before_commit=no_log,
            names=NAMES,
        )
    assert any_registry.fingerprint() == before


# --- order and repetition of bundles ----------------------------------------


def test_same_bundle_again(any_registry: Registry) -> None:
    apply(any_registry, notice())
    before = any_registry.fingerprint()
    with pytest.raises(AlreadyAppliedError):
        apply(any_registry, notice())
    assert any_registry.fingerprint() == before


def test_gap_and_old_number(any_registry: Registry) -> None:
    with pytest.raises(SequenceGapError):
        apply(any_registry, seq=2)
    apply(any_registry)
    forged = bundle(1, sums_sha256="f" * 64, bundle_id="f" * 32)
    with pytest.raises(SequenceOldError):
        apply_bundle(
            any_registry,
            forged,
            [],
            now=NOW,
            decided_by="clerk-1",
            before_commit=lambda _counts: None,
            names=NAMES,
        )


def test_bundle_id_is_used_once(any_registry: Registry) -> None:
    apply(any_registry)
    before = any_registry.fingerprint()
    reused = bundle(2, bundle_id=bundle(1).bundle_id)
    with pytest.raises(RegistryError):
        apply_bundle(
            any_registry, reused, texts(notice()), now=NOW, decided_by="clerk-1",
            before_commit=lambda _counts: None,
            names=NAMES,
        )  # fmt: skip
    assert any_registry.fingerprint() == before


def test_route_state_follows_journal(any_registry: Registry) -> None:
    assert any_registry.route_state("lgwan").seq == 0
    apply(any_registry)
    apply(any_registry, seq=2)
    state = any_registry.route_state("lgwan")
    assert (state.seq, state.sums_sha256) == (2, f"{2:064x}")
    assert [f"{number:064x}" in state.taken for number in (1, 2, 3)] == [True, True, False]
    assert f"{1:064x}" not in any_registry.route_state("another").taken


def test_journal_is_read_from_either_end(any_registry: Registry) -> None:
    for seq in (1, 2, 3):
        apply(any_registry, seq=seq)
    oldest_first = list(any_registry.journal())
    assert [entry.bundle.seq for entry in oldest_first] == [1, 2, 3]
    assert list(any_registry.newest_bundles()) == [
        each.bundle.bundle_id for each in reversed(oldest_first)
    ]
    assert any_registry.entry(oldest_first[1].bundle.bundle_id) == oldest_first[1]
    assert any_registry.entry("f" * 32) is None
    assert any_registry.route_state("other").seq == 0


# --- repetition of records --------------------------------------------------


def test_record_again_is_harmless(registry: Registry) -> None:
    apply(registry, notice())
    before = population(registry)
    assert results(registry, notice(), seq=2) == ["already_applied"]
    assert population(registry) == before


def test_held_record_stays_held(registry: Registry) -> None:
    apply(registry, STRANGER)
    assert results(registry, STRANGER, seq=2) == ["NO_MATCH"]
    assert len(list(registry.held())) == 1


def test_reused_record_id_is_refused(registry: Registry) -> None:
    apply(registry, notice())
    other = notice(prior_card_number=NEW_CARD, card_number=NEWER_CARD)
    before = population(registry)
    assert results(registry, other, seq=2) == ["RECORD_ID_REUSED"]
    assert results(registry, other, notice(), seq=3) == ["RECORD_ID_REUSED", "already_applied"]
    assert population(registry) == before
    (outcome,) = registry.outcomes(f"{2:032x}")
    assert outcome.result is Result.REJECTED
    # Whoever sent it has to number it anew: nobody here can decide on it.
    assert list(registry.held()) == []


KINDS: list[Callable[..., IsaNotice]] = [
    notice,
    lambda **items: same_stay("N07", **items),
    lambda **items: unchanged("N18", "note", **items),
    lambda **items: unchanged("N09", "deletion", **items),
    lambda **items: notice(**(items | {"sex": "1"})),
]
CARDS = st.sampled_from([OLD_CARD, NEW_CARD, NEWER_CARD, "QQ00000001CD"])


@st.composite
def batches(draw: st.DrawFn) -> list[IsaNotice]:
    batch = []
    for number in range(draw(st.integers(1, 6))):
        kind = draw(st.sampled_from(KINDS))
        items: dict[str, object] = {
            "notice_id": f"N-{number}", "sequence": draw(st.integers(0, 9)),
        }  # fmt: skip
        if kind in (KINDS[0], KINDS[1], KINDS[4]):
            items |= {"prior_card_number": draw(CARDS), "card_number": draw(CARDS)}
        batch.append(kind(**items))
    return batch


@settings(max_examples=40, deadline=None)
@given(batch=batches())
def test_twice_equals_once(adapter: Adapter, batch: list[IsaNotice]) -> None:
    with TemporaryDirectory() as folder, adapter.open(Path(folder)) as registry:
        registry.load_population([RESIDENT])
        first = results(registry, *batch)
        once, held = population(registry), list(registry.held())
        second = results(registry, *batch, seq=2)
        assert (population(registry), list(registry.held())) == (once, held)
        assert [result.replace("already_", "") for result in second] == first
