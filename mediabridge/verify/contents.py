"""Steps 7 and 9: what manifest and summary say against what came out (format 1, section 7)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from typing import Final

from mediabridge.bundle.header import Header
from mediabridge.bundle.manifest import Manifest, Summary, content_digest
from mediabridge.bundle.opening import Unpacked
from mediabridge.bundle.stages import VerifiedBundle
from mediabridge.errors import ManifestMismatchError, SummaryMismatchError
from mediabridge.kinds import SOFTWARE, Kind, kind_of_schema
from mediabridge.locale import n_, text, translate


def check_contents(
    verified: VerifiedBundle, unpacked: Unpacked, kinds: Collection[Kind], *, software: bool = False
) -> None:
    """Accept *unpacked* only if it is what the manifest and the approval summary say.

    *software* is whether its route carries any.

    Raises:
        ManifestMismatchError: bundle id, a digest, a size or a count differs, or a kind
            of record is none of *kinds*, those of the route; or there is software, and no
            *software* may travel on it, or not with records.
        SummaryMismatchError: the officer approved something else.
    """
    manifest = unpacked.manifest
    _check_files(unpacked)
    _check_counts(manifest)
    if not manifest.records.keys() <= set(kinds):
        raise ManifestMismatchError(name="records", detail=text("a kind that is not of this route"))
    _check_alone(manifest)
    _check_software(manifest, allowed=software)
    _check_summary(manifest, verified.header)


def _check_alone(manifest: Manifest) -> None:
    """Accept a full population only in a bundle that holds no other file of records.

    Raises:
        ManifestMismatchError: something lies beside it.
    """
    files = [file for file in manifest.files if kind_of_schema(file.schema_id)]
    for file in files:
        kind = kind_of_schema(file.schema_id)
        if kind and kind.facts.extract and len(files) > 1:
            detail = text("a full population has to be the only file of records in its bundle")
            raise ManifestMismatchError(name=file.name, detail=detail)


def _check_software(manifest: Manifest, *, allowed: bool) -> None:
    """Accept software only on a route that carries it, and in a bundle without records.

    Raises:
        ManifestMismatchError: it is none.
    """
    if not manifest.summary.software:
        return
    if not allowed:
        detail = text("software, which this route does not carry")
        raise ManifestMismatchError(name=SOFTWARE, detail=detail)
    if manifest.records:
        detail = text("software has to be in a bundle without records")
        raise ManifestMismatchError(name=SOFTWARE, detail=detail)


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
    agrees = {
        "bundle": manifest.bundle == summary.bundle == header.bundle,
        "route": summary.route == header.route,
        "seq": summary.seq == header.seq,
        "operator": summary.operator == manifest.operator,
        "records": summary.records == manifest.records,
        "events": sum(summary.events.values()) == sum(manifest.records.values()),
        "files": summary.files == len(manifest.files),
        "size": summary.size == sum(file.size for file in manifest.files),
        "receipts": summary.receipts == len(manifest.receipts),
        "content": summary.content == content_digest(manifest.files),
        "header.summary": summary.digest(manifest.salt) == header.summary,
    }
    wrong = [name for name, right in agrees.items() if not right]
    if wrong:
        raise SummaryMismatchError(detail=", ".join(translate(FIGURES[name]) for name in wrong))


FIGURES: Final = {
    "bundle": n_("bundle"),
    "route": n_("route"),
    "seq": n_("number on the route"),
    "operator": n_("prepared by"),
    "records": n_("records"),
    "events": n_("events"),
    "files": n_("files"),
    "size": n_("bytes"),
    "receipts": n_("receipts carried"),
    "content": n_("content (SHA-256)"),
    "previous_records": n_("records in the bundle before"),
    "as_of": n_("time of the extract"),
    "header.summary": n_("what the header binds"),
}
"""What each figure of a summary is called, by its name in the format."""


def check_counted(
    summary: Summary,
    events: Mapping[str, int],
    previous_records: int | None,
    *,
    as_of: str | None = None,
) -> None:
    """Accept *summary* only if it says of the records what was counted while reading them.

    *events* are the records of the bundle by the value of their kind's reason field, and
    *previous_records* how many the reader took with the route's bundle before (step 9); None
    where that number is void. *as_of* is the time of which its full population tells, if it is one.

    Raises:
        SummaryMismatchError: the officer was shown other figures.
    """
    for code in sorted(summary.events.keys() | events.keys()):
        # A code of which there is none is not in the summary: it has one spelling.
        _check_figure(code, events.get(code), summary.events.get(code))
    _check_figure("as_of", as_of, summary.as_of)
    if previous_records is not None:
        _check_figure("previous_records", previous_records, summary.previous_records)


def _check_figure(name: str, got: int | str | None, shown: int | str | None) -> None:
    if got != shown:
        found, told = (text("none") if each is None else str(each) for each in (got, shown))
        what = translate(FIGURES.get(name, name))
        detail = text("{name}: {got} found, {shown} shown", name=what, got=found, shown=told)
        raise SummaryMismatchError(detail=detail)
