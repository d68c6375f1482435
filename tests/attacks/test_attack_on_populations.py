"""A full population under attack: too few who approved it, and something that rides with it."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from typing import Any

import pytest
from attacks.forge import Document, Forge, Inner, isa_file
from attacks.records import entries_csv
from attacks.refusals import assert_refused
from attacks.world import World

from mediabridge import canonical
from mediabridge.errors import (
    ApprovalMissingError,
    ApprovalsTooFewError,
    ManifestMismatchError,
    MediabridgeError,
    RecordsRefusedError,
    SummaryMismatchError,
)
from mediabridge.translog.events import Event

AS_OF = "2026-05-03T02:00:00+09:00"
OFFICERS = ("officer-1", "officer-2")


def population_file(*residents: int, number: int = 1) -> Inner:
    name = f"isa_population-{number:04d}.csv"
    return Inner(name, "isa_population/1", len(residents), entries_csv(*residents))


def seal(forge: Forge, files: list[Inner], *approvers: str, **says: Any) -> None:
    """Seal *files*, whose summary is right but for what it *says*."""
    events = {"1": sum(each.records for each in files)}
    told: dict[str, Any] = {"events": events, "as_of": AS_OF, **says}
    seen: list[Document] = []

    def rewrite(manifest: Document) -> Document:
        shown = {**manifest["summary"], **told}
        there = {name: value for name, value in shown.items() if value is not None}
        seen.append({**manifest, "summary": there})
        return seen[-1]

    def bind(header: Document) -> Document:
        manifest = seen[-1]
        salted = bytes.fromhex(manifest["salt"]) + canonical.dump(manifest["summary"])
        return {**header, "summary": hashlib.sha256(salted).hexdigest()}

    forge.seal(files=files, manifest=rewrite, header=bind, approvers=approvers)


def test_population_that_one_officer_approved(world: World, forge: Forge) -> None:
    """Claim C96. One is enough for the day's notices of this route."""
    seal(forge, [population_file(1, 2, 3)], "officer-1")
    assert_refused(world, ApprovalsTooFewError)


def test_population_that_nobody_approved(world: World, forge: Forge) -> None:
    """Claim C96. Not even where trust data lets the day's notices go without an officer."""
    routes = [each.model_copy(update={"approvals": 0}) for each in world.city.trust.routes]
    seal(forge, [population_file(1, 2, 3)])
    world.publish(routes=tuple(routes))
    assert_refused(world, ApprovalMissingError)


def test_population_with_as_many_officers_as_the_days_notices(world: World, forge: Forge) -> None:
    """Claim C96. Where two are usual, three are needed."""
    routes = [each.model_copy(update={"approvals": 2}) for each in world.city.trust.routes]
    seal(forge, [population_file(1, 2, 3)], *OFFICERS)
    world.publish(routes=tuple(routes))
    assert_refused(world, ApprovalsTooFewError)


def test_population_that_two_officers_approved_is_opened(world: World, forge: Forge) -> None:
    """The control: what becomes of its entries is another matter."""
    seal(forge, [population_file(1, 2, 3)], *OFFICERS)
    with suppress(MediabridgeError):
        world.import_()
    assert Event.BUNDLE_OPENED in [entry.event for entry in world.log()]


@pytest.mark.parametrize(
    "beside", [isa_file((11, 1)), population_file(4, 5, number=2), Inner(
        "isa_notice-0001.csv", "isa_notice/1", 0, isa_file().plain)],
    ids=["notices", "population", "no-notice"],
)  # fmt: skip
@pytest.mark.parametrize("first", [True, False])
def test_something_beside_a_population(
    world: World, forge: Forge, beside: Inner, first: bool
) -> None:
    """Claim C97."""
    files = [population_file(1, 2, 3), beside]
    seal(forge, files if first else files[::-1], *OFFICERS)
    assert_refused(world, ManifestMismatchError)


@pytest.mark.parametrize("told", ["2026-05-04T02:00:00+09:00", None])
def test_population_of_another_day_than_the_officers_saw(
    world: World, forge: Forge, told: str | None
) -> None:
    """Claim C97."""
    seal(forge, [population_file(1, 2, 3)], *OFFICERS, as_of=told)
    assert_refused(world, SummaryMismatchError)


def test_days_notices_that_officers_saw_as_a_population(world: World, forge: Forge) -> None:
    """Claim C97."""
    seal(forge, [isa_file((11, 1))], *OFFICERS, events={"N02": 1})
    assert_refused(world, SummaryMismatchError)


def test_population_that_was_cut(world: World, forge: Forge) -> None:
    """Claim C97. What is missing in it would be taken for people who are gone."""
    whole = entries_csv(1, 2, 3)
    cut = b"".join(whole.splitlines(keepends=True)[:-1])
    seal(forge, [Inner("isa_population-0001.csv", "isa_population/1", 2, cut)], *OFFICERS)
    assert_refused(world, RecordsRefusedError)
