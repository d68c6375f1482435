"""Step 7: what the manifest says against what came out of the parts (format 1, section 7)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

from mediabridge.bundle.header import Header
from mediabridge.bundle.manifest import Manifest, content_digest
from mediabridge.bundle.opening import Unpacked
from mediabridge.bundle.stages import VerifiedBundle
from mediabridge.errors import (
    ManifestMismatchError,
    SamePersonError,
    SummaryMismatchError,
)
from mediabridge.kinds import Kind, kind_of_schema
from mediabridge.locale import text


def check_contents(verified: VerifiedBundle, unpacked: Unpacked, kinds: Collection[Kind]) -> None:
    """Accept *unpacked* only if it is what the manifest and the approval summary say.

    Raises:
        ManifestMismatchError: bundle id, a digest, a size or a count differs, or a kind
            of record is none of *kinds*, those of the route.
        SummaryMismatchError: the officer approved something else.
        SamePersonError: the clerk who prepared the bundle also approved it.
    """
    manifest = unpacked.manifest
    _check_files(unpacked)
    _check_counts(manifest)
    if not manifest.records.keys() <= set(kinds):
        raise ManifestMismatchError(name="records", detail=text("a kind that is not of this route"))
    _check_summary(manifest, verified.header)
    if manifest.operator in verified.approvers:
        raise SamePersonError(person=manifest.operator)


def _check_files(unpacked: Unpacked) -> None:
    for file in unpacked.manifest.files:
        if unpacked.sizes[file.name] != file.size:
            got = unpacked.sizes[file.name]
            detail = text("bytes: {got}, listed: {listed}", got=got, listed=file.size)
            raise ManifestMismatchError(name=file.name, detail=detail)
        if unpacked.digests[file.name] != file.sha256:
            raise ManifestMismatchError(name=file.name, detail=text("SHA-256 differs"))


def _check_counts(manifest: Manifest) -> None:
    counted: Counter[str] = Counter()
    for file in manifest.files:
        kind = kind_of_schema(file.schema_id)
        if kind:
            counted[kind] += file.records
    if dict(counted) != manifest.records:
        raise ManifestMismatchError(name="records", detail=text("the counts do not add up"))


def _check_summary(manifest: Manifest, header: Header) -> None:
    summary = manifest.summary
    agrees = (
        manifest.bundle == summary.bundle == header.bundle
        and summary.route == header.route
        and summary.seq == header.seq
        and summary.operator == manifest.operator
        and summary.records == manifest.records
        and sum(summary.events.values()) == sum(manifest.records.values())
        and summary.files == len(manifest.files)
        and summary.size == sum(file.size for file in manifest.files)
        and summary.receipts == len(manifest.receipts)
        and summary.content == content_digest(manifest.files)
        and summary.digest(manifest.salt) == header.summary
    )
    if not agrees:
        raise SummaryMismatchError
