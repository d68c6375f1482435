"""Step 7: what was unpacked is what the manifest lists and what the officer approved."""

from __future__ import annotations

from typing import Any

import pytest

from mediabridge.bundle.header import Route
from mediabridge.bundle.manifest import Summary, content_digest
from mediabridge.bundle.stages import VerifiedBundle
from mediabridge.errors import (
    ManifestMismatchError,
    SummaryMismatchError,
)
from mediabridge.kinds import Kind
from mediabridge.verify.contents import check_contents, check_counted
from tests.verify.bundles import FILES, SALT, Maker, header, inner, manifest, summary, unpacked

KINDS = (Kind.ISA_NOTICE, Kind.RESIDENCE_REPORT)


@pytest.fixture
def verified(maker: Maker) -> VerifiedBundle:
    return VerifiedBundle(maker.sealed(), header(), "0" * 64, ("officer-1", "officer-2"))


def test_what_is_told_is_accepted(verified: VerifiedBundle) -> None:
    check_contents(verified, unpacked(manifest()), KINDS)
    check_contents(verified, unpacked(manifest()), (*KINDS, Kind.MUNICIPAL_NOTICE))


@pytest.mark.parametrize("name", [file.name for file in FILES])
def test_file_of_other_size_refused(verified: VerifiedBundle, name: str) -> None:
    told = unpacked(manifest())
    sizes = {**told.sizes, name: told.sizes[name] + 1}
    with pytest.raises(ManifestMismatchError) as refused:
        check_contents(verified, unpacked(manifest(), sizes=sizes), KINDS)
    detail = f"bytes: {sizes[name]}, listed: {told.sizes[name]}"
    assert refused.value.facts == {"name": name, "detail": detail}


@pytest.mark.parametrize("name", [file.name for file in FILES])
def test_file_of_other_content_refused(verified: VerifiedBundle, name: str) -> None:
    digests = {**unpacked(manifest()).digests, name: "0" * 64}
    with pytest.raises(ManifestMismatchError) as refused:
        check_contents(verified, unpacked(manifest(), digests=digests), KINDS)
    assert refused.value.facts == {"name": name, "detail": "SHA-256 differs"}


@pytest.mark.parametrize(
    "records",
    [
        {"isa_notice": 4},
        {"isa_notice": 5, "residence_report": 2},
        {"isa_notice": 2, "residence_report": 4},
        {"isa_notice": 4, "residence_report": 2, "municipal_notice": 0},
    ],
)
def test_other_counts_refused(verified: VerifiedBundle, records: dict[str, int]) -> None:
    told = manifest(records=records, summary=summary(records=records))
    with pytest.raises(ManifestMismatchError) as refused:
        check_contents(verified, unpacked(told), tuple(Kind))
    assert refused.value.facts == {"name": "records", "detail": "the counts do not add up"}


def test_kind_of_another_route_refused(verified: VerifiedBundle) -> None:
    with pytest.raises(ManifestMismatchError) as refused:
        check_contents(verified, unpacked(manifest()), (Kind.ISA_NOTICE, Kind.MUNICIPAL_NOTICE))
    assert refused.value.facts == {
        "name": "records",
        "detail": "a kind that is not of this route",
    }


@pytest.mark.parametrize(
    "lie",
    [
        {"bundle": "cd" * 16},
        {"route": Route(sender="registry-01", receiver="lgwan-01")},
        {"seq": 2},
        {"operator": "clerk-2"},
        {"records": {"isa_notice": 3, "residence_report": 3}},
        {"events": {"N02": 4, "M01": 1}},
        {"files": 4},
        {"size": 699},
        {"receipts": 0},
        {"content": "0" * 64},
    ],
)
def test_summary_that_lies_refused(maker: Maker, lie: dict[str, Any]) -> None:
    """The officer signed the lie itself: header and summary agree, the content does not."""
    shown = summary(**lie)
    verified = VerifiedBundle(
        maker.sealed(), header(summary=shown.digest(SALT)), "0" * 64, ("officer-1",)
    )
    with pytest.raises(SummaryMismatchError):
        check_contents(verified, unpacked(manifest(summary=shown)), KINDS)


@pytest.mark.parametrize(
    "head", [{"bundle": "cd" * 16}, {"seq": 2, "prev": "1" * 64}, {"summary": "0" * 64}]
)
def test_content_of_another_header_refused(maker: Maker, head: dict[str, Any]) -> None:
    verified = VerifiedBundle(maker.sealed(), header(**head), "0" * 64, ("officer-1",))
    with pytest.raises(SummaryMismatchError):
        check_contents(verified, unpacked(manifest()), KINDS)


def test_manifest_of_another_bundle_refused(verified: VerifiedBundle) -> None:
    with pytest.raises(SummaryMismatchError):
        check_contents(verified, unpacked(manifest(bundle="cd" * 16)), KINDS)


def test_other_order_of_files_refused(verified: VerifiedBundle) -> None:
    with pytest.raises(SummaryMismatchError):
        check_contents(verified, unpacked(manifest(files=FILES[::-1])), KINDS)


def test_nothing_but_the_log_is_accepted(maker: Maker) -> None:
    files = (inner("log.jsonl", "translog/1", 9),)
    empty = {"records": {}, "files": files, "receipts": ()}
    shown = summary(
        records={},
        events={},
        files=1,
        size=100,
        receipts=0,
        content=content_digest(files),
    )
    verified = VerifiedBundle(maker.sealed(), header(summary=shown.digest(SALT)), "0" * 64, ())
    check_contents(verified, unpacked(manifest(**empty, summary=shown)), ())


def told(events: dict[str, int], previous: int = 5) -> Summary:
    return Summary.model_validate(
        {**summary().model_dump(by_alias=True), "events": events, "previous_records": previous}
    )


def test_what_was_counted_is_accepted() -> None:
    check_counted(told({"N02": 2, "N09": 1}), {"N02": 2, "N09": 1}, 5)
    check_counted(told({}), {}, 5)


@pytest.mark.parametrize(
    ("shown", "counted", "previous", "detail"),
    [
        ({"N02": 2}, {"N02": 1}, 5, "N02: 1 found, 2 shown"),
        ({"N02": 2}, {"N09": 2}, 5, "N02: none found, 2 shown"),
        ({}, {"N09": 2}, 5, "N09: 2 found, none shown"),
        ({"N02": 2, "N09": 1}, {"N02": 2}, 5, "N09: none found, 1 shown"),
        ({"N02": 2}, {"N02": 2}, 4, "records in the bundle before: 4 found, 5 shown"),
        ({"N02": 2}, {"N02": 2}, 6, "records in the bundle before: 6 found, 5 shown"),
    ],
)
def test_other_figures_than_were_counted_are_refused(
    shown: dict[str, int], counted: dict[str, int], previous: int, detail: str
) -> None:
    """Claim C31."""
    with pytest.raises(SummaryMismatchError) as refused:
        check_counted(told(shown), counted, previous)
    assert refused.value.facts["detail"] == detail
