"""Lies inside the encrypted part: bombs, counts, digests, summaries, logs, records, receipts.

Station and officers collude throughout: signatures, hashes and keys are right.
"""

import hashlib
import json
import secrets
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
import zstandard
from attacks.forge import Document, Forge, Inner, Rewrite, changed, isa_file
from attacks.records import csv_of, isa_csv, isa_notice, municipal_csv
from attacks.refusals import assert_refused
from attacks.world import FIRST_NOTICES, World

from mediabridge import canonical
from mediabridge.config import GIB, LIMITS, MIB
from mediabridge.errors import (
    CosignatureError,
    DecryptError,
    ExpansionLimitError,
    LogAlarmError,
    LogForkedError,
    LogRewrittenError,
    LogSectionError,
    LogTruncatedError,
    ManifestMalformedError,
    ManifestMismatchError,
    ReceiptInvalidError,
    RecordsRefusedError,
    SamePersonError,
    SummaryMismatchError,
)
from mediabridge.kinds import Kind
from mediabridge.translog.events import Event, build

CSV = "isa_notice-0001.csv"


# --- bombs ------------------------------------------------------------------------


def _zeros(length: int, **entry: Any) -> Inner:
    return Inner(CSV, "isa_notice/1", 1, bytes(length), entry=entry)


def test_bomb_that_admits_its_size(world: World, forge: Forge) -> None:
    """Claim C12."""
    forge.seal(files=[_zeros(8 * MIB)])
    assert_refused(world, ExpansionLimitError)


def test_bomb_that_hides_its_size(world: World, forge: Forge) -> None:
    """Claim C12."""
    forge.seal(files=[_zeros(8 * MIB, size=1000)])
    assert_refused(world, ExpansionLimitError)


def test_bomb_of_many_frames(world: World, forge: Forge) -> None:
    """Claim C12. Every frame is small."""
    frames = zstandard.compress(bytes(100_000)) * 200
    inner = Inner(CSV, "isa_notice/1", 1, b"", frames, {"size": 100_000, "sha256": "0" * 64})
    forge.seal(files=[inner])
    assert_refused(world, ExpansionLimitError)


def test_bomb_one_byte_too_long(world: World, forge: Forge) -> None:
    """Claim C12."""
    file = isa_file((11, 1))
    forge.seal(files=[Inner(CSV, file.schema, 1, file.plain, entry={"size": len(file.plain) - 1})])
    assert_refused(world, ExpansionLimitError)


def test_window_too_large(world: World, forge: Forge) -> None:
    """Claim C12. The sender must not choose how much memory the reader takes."""
    parameters = zstandard.ZstdCompressionParameters(window_log=24, enable_ldm=True)
    compressor = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    plain = secrets.token_bytes(1000)
    stored = compressor.compress(plain) + compressor.flush()
    forge.seal(files=[Inner(CSV, "isa_notice/1", 1, plain, stored)])
    assert_refused(world, ManifestMismatchError)


@pytest.mark.parametrize(
    "changes",
    [
        {"size": 16 * GIB + 1},
        {"size": 2**52},
        {"size": -1},
        {"stored": 2**53 - 1},
        {"records": -1},
        {"compression": "none"},
        {"schema": "isa_notice/1\n"},
        {"schema": "unknown/1"},
        {"schema": "isa_notice/2"},
        {"name": "../../../registry.db"},
        {"name": "/etc/cron.d/x"},
        {"name": ".."},
        {"name": ".hidden"},
        {"name": "NUL.csv"},
        {"name": "a" * 65},
        {"name": "a\0b"},
        {"name": "a\u202eb"},
        {"name": "漢字.csv"},
        {"name": ""},
        {"sha256": "A" * 64},
        {"sha256": ""},
        {"comment": "x"},
        {"schema_id": "isa_notice/1"},
    ],
    ids=str,
)
def test_entry_beyond_limits(world: World, forge: Forge, changes: Document) -> None:
    """Claims C7 and C10."""
    file = isa_file((11, 1))
    forge.seal(files=[Inner(CSV, file.schema, 1, file.plain, entry=changes)])
    assert_refused(world, ManifestMalformedError)


def _many_files(document: Document) -> Document:
    first, *_ = document["files"]
    more = [{**first, "name": f"isa_notice-{n:05d}.csv"} for n in range(LIMITS.inner_files)]
    return {**document, "files": [*document["files"], *more]}


def _five_large_files(document: Document) -> Document:
    first, *_ = document["files"]
    size = LIMITS.inner_file_bytes
    more = [{**first, "name": f"large-{n}.csv", "size": size} for n in range(5)]
    return {**document, "files": [*document["files"], *more]}


def _name_twice(document: Document) -> Document:
    return {**document, "files": [document["files"][0], *document["files"]]}


def _two_logs(document: Document) -> Document:
    log = {**document["files"][-1], "name": "second.jsonl"}
    return {**document, "files": [*document["files"], log]}


def _no_log(document: Document) -> Document:
    return {**document, "files": document["files"][:-1]}


def _log(**changes: object) -> Rewrite:
    return lambda document: {**document, "log": {**document["log"], **changes}}


def _summary(**changes: object) -> Rewrite:
    return lambda document: {**document, "summary": {**document["summary"], **changes}}


@pytest.mark.parametrize(
    "rewrite",
    [
        _many_files,
        _five_large_files,
        _name_twice,
        _two_logs,
        _no_log,
        changed(padding=-1),
        changed(padding=2**53 - 1),
        changed(records={"isa_notice": 2**53 - 1, "x\n": 1}),
        changed(records={"isa_notice": -1}),
        changed(records=[]),
        changed(salt="0" * 63),
        changed(operator="Clerk 1"),
        changed(receipts=[{"receipt": "0" * 32, "bundle": "0" * 32, "seq": 1, "file": "none"}]),
        changed(receipts=[{"receipt": "0" * 32, "bundle": "0" * 32, "seq": 0, "file": CSV}]),
        _log(file=CSV),
        _log(file="none"),
        _log(start=10**6),
        _log(size=-1),
        _log(checkpoint="x" * 4097),
        _log(peer_size=-1),
        _log(peer_checkpoint=1),
        _log(acknowledged=None),
        _log(acknowledged=1),
        _log(acknowledged="x" * (LIMITS.carried_note_characters + 1)),
        _log(peer_checkpoint="x" * (LIMITS.carried_note_characters + 1)),
        _log(checkpoint="x" * (LIMITS.carried_note_characters + 1)),
        _summary(events={"a" * 65: 1}),
        _summary(comment="x"),
    ],
)
def test_manifest_beyond_limits(world: World, forge: Forge, rewrite: Rewrite) -> None:
    """Claim C10."""
    forge.seal(manifest=rewrite)
    assert_refused(world, ManifestMalformedError)


def test_manifest_too_long(world: World, forge: Forge) -> None:
    """Claim C10."""
    forge.seal(manifest=lambda _document: b" " * (LIMITS.manifest_bytes + 1))
    assert_refused(world, ManifestMalformedError)


# --- lies -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changes", [{"sha256": "0" * 64}, {"size": 10**5}, {"records": 3}, {"stored": 10}], ids=str
)
def test_entry_that_lies(world: World, forge: Forge, changes: Document) -> None:
    """Claim C36."""
    file = isa_file((11, 1), (12, 2))
    forge.seal(files=[Inner(CSV, file.schema, 2, file.plain, entry=changes)])
    assert_refused(world, ManifestMismatchError)


@pytest.mark.parametrize(
    "records",
    [{}, {"isa_notice": 1}, {"isa_notice": 2, "municipal_notice": 0}, {"residence_report": 2}],
    ids=str,
)
def test_counts_that_lie(world: World, forge: Forge, records: Document) -> None:
    """Claim C36."""
    forge.seal(manifest=changed(records=records))
    assert_refused(world, ManifestMismatchError)


def test_records_not_as_many_as_listed(world: World, forge: Forge) -> None:
    """Claim C36. Manifest and summary agree with each other, not with the file."""
    forge.seal(files=[Inner(CSV, "isa_notice/1", 3, isa_csv((11, 1), (12, 2)))])
    assert_refused(world, ManifestMismatchError)


def test_rubbish_instead_of_data(world: World, forge: Forge) -> None:
    """Claim C36."""
    forge.seal(files=[Inner(CSV, "isa_notice/1", 1, b"x" * 100, b"rubbish" * 20)])
    assert_refused(world, ManifestMismatchError)


def test_data_that_ends_early(world: World, forge: Forge) -> None:
    """Claim C36."""
    file = isa_file((11, 1))
    forge.seal(files=[Inner(CSV, file.schema, 1, file.plain, file.data[:-5])])
    assert_refused(world, ManifestMismatchError)


def test_padding_longer_than_told(world: World, forge: Forge) -> None:
    """Claim C36. Bytes after the last file that nobody lists, even zeros, are refused."""
    forge.seal(manifest=changed(padding=39_999))
    assert_refused(world, DecryptError)


def test_padding_shorter_than_told(world: World, forge: Forge) -> None:
    """Claim C36."""
    forge.seal(manifest=changed(padding=40_001))
    assert_refused(world, ManifestMismatchError)


@pytest.mark.parametrize(
    "changes",
    [
        {"bundle": "0" * 32},
        {"route": {"from": "lgwan-02", "to": "registry-01"}},
        {"seq": 2},
        {"operator": "officer-2"},
        {"records": {"isa_notice": 1}},
        {"events": {"N02": 1}},
        {"events": {"N09": 2}},
        {"events": {"N02": 1, "N09": 1}},
        {"events": {"N02": 2, "N09": 0}},
        {"previous_records": 1},
        {"files": 1},
        {"size": 1},
        {"receipts": 1},
        {"content": "0" * 64},
    ],
    ids=str,
)
def test_summary_that_lies(world: World, forge: Forge, changes: Document) -> None:
    """Claim C31. The officer saw other figures than those of the content."""

    def rewrite(document: Document) -> Document:
        # In place: the header's hash is made from it, as by a sender that lies throughout.
        document["summary"].update(changes)
        return document

    forge.seal(manifest=rewrite)
    assert_refused(world, SummaryMismatchError)


def test_summary_names_code_and_both_figures(world: World, forge: Forge) -> None:
    """Claim C31. Two extensions were shown, two deletions were inside."""
    rows = [{**isa_notice(n, n), "event_code": "N09", "operation_hint": "deletion"} for n in (1, 2)]
    plain = csv_of(Kind.ISA_NOTICE, rows)
    forge.seal(files=[Inner(CSV, "isa_notice/1", 2, plain)])
    refusal = assert_refused(world, SummaryMismatchError)
    assert refusal.facts["detail"] == "N02: none found, 2 shown"


@pytest.mark.parametrize("told", [0, 2, 4])
def test_summary_that_lies_about_the_day_before(world: World, forge: Forge, told: int) -> None:
    """Claim C31. The receiver took three records with the bundle before."""
    world.import_()

    def rewrite(document: Document) -> Document:
        document["summary"].update(seq=2, previous_records=told)
        return document

    forge.seal(header=_second(world), manifest=rewrite, log=forge.log(start=CARRIED))
    assert_refused(world, SummaryMismatchError)


def test_summary_of_another_salt(world: World, forge: Forge) -> None:
    """Claim C31."""
    forge.seal(manifest=changed(salt="0" * 64))
    assert_refused(world, SummaryMismatchError)


def test_other_bundle_inside(world: World, forge: Forge) -> None:
    """Claim C31."""
    forge.seal(manifest=changed(bundle="0" * 32))
    assert_refused(world, SummaryMismatchError)


def test_operator_approves(world: World, forge: Forge) -> None:
    """Claim C30."""

    def rewrite(document: Document) -> Document:
        document["summary"]["operator"] = document["operator"] = "officer-1"
        return document

    forge.seal(manifest=rewrite)
    assert_refused(world, SamePersonError)


# --- the sender's log ---------------------------------------------------------------

CARRIED = 3
"""Entries in the bundle that is on the stick: set up, collected, sealing begun."""

SILENT: dict[str, Any] = {"collected": False, "begun": ()}
"""Of a log that says nothing of the bundle."""


def _changed_entry(entry: bytes) -> bytes:
    return canonical.dump({**json.loads(entry), "time": "2020-01-01T00:00:00Z"})


@pytest.mark.parametrize(
    "lie",
    [
        {"key": "lgwan-02-log"},
        {"key": "lgwan-02-log", "origin": "city.training.example/log/lgwan-02"},
        {"root": b"\1" * 32},
        {"size": 1},
        {"size": 10**6},
    ],
    ids=str,
)
def test_log_that_lies(world: World, forge: Forge, lie: dict[str, Any]) -> None:
    """Claims C37 and C40. Signed by another key, of another log, of another content."""
    forge.seal(log=forge.log(**lie))
    assert_refused(world, LogSectionError)


def test_log_of_another_station(world: World, forge: Forge) -> None:
    """Claim C40."""
    forge.seal(log=forge.log("lgwan-02", key="lgwan-01-log"))
    assert_refused(world, LogSectionError)


def test_log_with_personal_data(world: World, forge: Forge) -> None:
    """Claim C42."""
    log = forge.log()
    entry = json.loads(log.entries[-1])
    entry["facts"]["name_roman"] = "NGUYEN VAN AN"
    log.entries[-1] = canonical.dump(entry)
    forge.seal(log=log)
    assert_refused(world, LogSectionError)


def test_log_entry_with_key_twice(world: World, forge: Forge) -> None:
    """Claim C11."""
    log = forge.log()
    log.entries[-1] = b'{"actor":"officer-1",' + log.entries[-1][1:]
    forge.seal(log=log)
    assert_refused(world, LogSectionError)


def test_log_entry_too_long(world: World, forge: Forge) -> None:
    """Claim C10."""
    log = forge.log()
    log.entries.append(b'"' + b"x" * LIMITS.log_entry_bytes + b'"')
    forge.seal(log=log)
    assert_refused(world, LogSectionError)


def _second(world: World) -> Rewrite:
    """Return the header of the bundle that follows the one now taken."""
    with world.registry() as registry:
        return changed(seq=2, prev=registry.route_state("lgwan-01").sums_sha256)


def _second_summary(document: Document) -> Document:
    document["summary"].update(seq=2, previous_records=len(FIRST_NOTICES))
    return document


def _assert_second_alarms(
    world: World, forge: Forge, alarm: type[LogAlarmError], entry: int | None, **log: Any
) -> None:
    """Require *alarm*, and that it names *entry* as the first that differs; None: it cannot."""
    world.import_()
    forge.seal(header=_second(world), manifest=_second_summary, log=forge.log(**log))
    assert assert_refused(world, alarm).facts["entry"] == entry


def test_log_rewritten(world: World, forge: Forge) -> None:
    """Claim C40. Old entries come again, one of them changed; the new root fits."""
    entries = forge.log().entries
    other = [_changed_entry(entries[0]), *entries[1:]]
    _assert_second_alarms(world, forge, LogForkedError, 0, entries=other)


def test_log_rewritten_out_of_sight(world: World, forge: Forge) -> None:
    """Claim C40. Old entries do not come again, but the root covers other ones."""
    entries = forge.log().entries
    other = [_changed_entry(entries[0]), *entries[1:]]
    _assert_second_alarms(world, forge, LogRewrittenError, None, entries=other, start=CARRIED)


def test_log_shortened(world: World, forge: Forge) -> None:
    """Claim C40."""
    cut: dict[str, Any] = {"entries": forge.log().entries[: CARRIED - 1]} | SILENT
    _assert_second_alarms(world, forge, LogTruncatedError, CARRIED - 1, **cut)


def test_log_without_the_sealing_before(world: World, forge: Forge) -> None:
    """Claim C40. The number is new, and the log is what it was before the last one was sealed."""
    cut: dict[str, Any] = {"entries": forge.log().entries[:CARRIED]} | SILENT
    _assert_second_alarms(world, forge, LogTruncatedError, CARRIED, start=CARRIED, **cut)


def test_log_with_a_gap(world: World, forge: Forge) -> None:
    """Claim C40."""
    world.import_()
    gap = forge.log(start=CARRIED + 1)
    forge.seal(header=_second(world), manifest=_second_summary, log=gap)
    assert_refused(world, LogSectionError)


def test_log_that_continues(world: World, forge: Forge) -> None:
    """The control: what the forger adds truthfully is taken."""
    world.import_()
    log = forge.log(start=CARRIED)
    forge.seal(header=_second(world), manifest=_second_summary, log=log)
    assert world.import_()[0].outcomes == {"applied": 2}


# --- records ----------------------------------------------------------------------


def test_records_with_errors(world: World, forge: Forge) -> None:
    """Claim C46. All errors are told, the right record between them is not applied."""
    right, wrong = isa_csv((11, 1)), isa_csv((12, 2), (13, 3))
    rows = [*right.splitlines(keepends=True), *wrong.splitlines(keepends=True)[1:]]
    rows[2] = rows[2].replace(b'"1990-04-05"', b'"1990-13-05"').replace(b'"VNM"', b'"XQX"')
    rows[3] = rows[3].replace(b'"131041"', b'"131016"')
    forge.seal(files=[Inner(CSV, "isa_notice/1", 3, b"".join(rows))])
    refusal = assert_refused(world, RecordsRefusedError)
    assert isinstance(refusal, RecordsRefusedError)
    found = [(error.row, error.field) for error in refusal.errors]
    assert found == [(3, "birth_date"), (3, "nationality_region"), (4, "municipality_code")]


def test_errors_in_two_files(world: World, forge: Forge) -> None:
    """Claim C46."""
    wrong = isa_csv((12, 2)).replace(b'"VNM"', b'"XQX"')
    files = [Inner(f"isa_notice-000{n}.csv", "isa_notice/1", 1, wrong) for n in (1, 2)]
    forge.seal(files=files)
    assert_refused(world, RecordsRefusedError)


def test_record_twice_in_file(world: World, forge: Forge) -> None:
    """Claim C46."""
    forge.seal(files=[isa_file((11, 1), (11, 1))])
    assert_refused(world, RecordsRefusedError)


def test_file_that_is_no_csv(world: World, forge: Forge) -> None:
    """Claim C46."""
    forge.seal(files=[Inner(CSV, "isa_notice/1", 1, b"\x7fELF" + bytes(100))])
    assert_refused(world, RecordsRefusedError)


def test_records_of_a_kind_not_on_this_route(world: World, forge: Forge) -> None:
    """Claim C36. Trust data says what travels where; nothing vanishes in silence."""
    forge.seal(
        files=[Inner("municipal_notice-0001.csv", "municipal_notice/1", 1, municipal_csv((1, 1)))]
    )
    assert_refused(world, ManifestMismatchError)


def test_schema_of_nobody(world: World, forge: Forge) -> None:
    """Claim C10. A file that no reader will look at is not carried."""
    forge.seal(files=[Inner("note.txt", "note/1", 0, b"hello")])
    assert_refused(world, ManifestMalformedError)


# --- receipts -----------------------------------------------------------------------


NAMES = tuple(("isa_notice", f"N-{n:04d}") for n in (1, 2, 3))
"""What the world's bundle carries."""


def _receipt(
    world: World,
    bundle: str,
    /,
    names: Sequence[tuple[str, str]] = NAMES,
    results: Sequence[str] = ("applied",) * len(NAMES),
    **changes: Any,
) -> tuple[Inner, Document]:
    """Return a receipt of the registry for *bundle*, as file and as entry of the manifest."""
    with world.lgwan() as station:
        row = station.books.bundle(bundle)
    assert row is not None
    head = {
        "format": 1,
        "receipt": secrets.token_hex(16),
        "bundle": bundle,
        "route": {"from": row.sender, "to": row.receiver},
        "seq": row.seq,
        "supplement": 0,
        "sums_sha256": row.sums_sha256,
        "decided_at": "2026-05-02T09:00:00Z",
        "decided_by": "clerk-1",
        "counts": {"applied": 3},
        **changes,
    }
    lines = [
        {"record": record, "kind": kind, "result": result,
         "reason": "" if result == "applied" else "NO_MATCH", "next_municipality": ""}
        for (kind, record), result in zip(names, results, strict=False)
    ]  # fmt: skip
    plain = b"".join(canonical.dump(line) + b"\n" for line in (head, *lines))
    name = f"receipt-{head['receipt'][:8]}.jsonl"
    entry = {
        "receipt": head["receipt"], "bundle": head["bundle"], "seq": head["seq"], "file": name
    }  # fmt: skip
    return Inner(name, "receipt/1", 0, plain), entry


def _log_of(
    world: World, receipts: Sequence[tuple[Inner, Document]], **lies: Any
) -> tuple[bytes, ...]:
    """Return the registry's log with entries that say the same as *receipts*, but for *lies*."""
    return (*world.log_bytes("registry-01"), *_said_of(receipts, **lies))


def _said_of(receipts: Sequence[tuple[Inner, Document]], **lies: Any) -> Iterator[bytes]:
    """Yield the entries that say the same as *receipts*, but for *lies*."""
    for file, entry in receipts:
        records = file.plain.count(b"\n") - 1
        head = json.loads(file.plain.partition(b"\n")[0])
        which = {"supplement": max(0, head["supplement"])} if head["supplement"] else {}
        bundle = {"bundle": entry["bundle"], "seq": entry["seq"], **which}
        issued = {
            "receipt": entry["receipt"],
            "receipt_sha256": hashlib.sha256(file.plain).hexdigest(),
        }
        taken: Document = {
            "records": records, "applied": records - head["counts"].get("held", 0),
            "held": head["counts"].get("held", 0),
        }  # fmt: skip
        event = Event.BUNDLE_APPLIED
        if which:
            event, taken = Event.RECORD_DECIDED, {"result": "not_found"}
        for each, facts in (
            (event, {**bundle, **taken}),
            (Event.RECEIPT_ISSUED, {**bundle, **issued, "records": records}),
        ):
            said = facts | {name: lie for name, lie in lies.items() if name in facts}
            time = "2026-05-02T09:00:00Z"
            yield build(each, time=time, station="registry-01", actor="clerk-1", facts=said)


def _answer(
    forge: Forge, *receipts: tuple[Inner, Document], entries: Sequence[bytes] | None = None
) -> None:
    said = _log_of(forge.world, receipts) if entries is None else entries
    forge.seal(
        station="registry-01",
        recipients=["lgwan-01", "escrow"],
        files=[file for file, _entry in receipts],
        receipts=[entry for _file, entry in receipts],
        log=forge.log("registry-01", entries=list(said)),
    )


def test_right_receipt_closes_books(world: World, forge: Forge) -> None:
    """The control: the forger's receipt is right but for what a test changes."""
    _answer(forge, _receipt(world, world.bundle.name))
    assert world.import_("lgwan-01")[0].receipts == 1
    with world.lgwan() as station:
        assert station.books.outcome_counts() == {"applied": 3}


@pytest.mark.parametrize(
    "changes",
    [
        {"bundle": "0" * 32},
        {"seq": 2},
        {"sums_sha256": "0" * 64},
        {"route": {"from": "lgwan-02", "to": "registry-01"}},
        {"route": {"from": "registry-01", "to": "lgwan-01"}},
        {"route": {"sender": "lgwan-01", "receiver": "registry-01"}},
        {"counts": {"applied": 2}},
        {"counts": {"applied": 4}},
        {"counts": {"applied": 2, "held": 1}},
        {"format": True},
        {"comment": "x"},
    ],
    ids=str,
)
def test_receipt_that_lies(world: World, forge: Forge, changes: Document) -> None:
    """Claim C43. The log beside it names the right bundle, whatever the receipt says."""
    receipt = _receipt(world, world.bundle.name, **changes)
    _answer(forge, receipt, entries=_log_of(world, [receipt], seq=1))
    assert_refused(world, ReceiptInvalidError, station="lgwan-01")


@pytest.mark.parametrize(
    "names",
    [
        (*NAMES[:2], ("isa_notice", "N-9999")),
        (NAMES[0],) * 3,
        (*NAMES[:2], ("municipal_notice", "N-0003")),
        tuple(("isa_notice", f"X-{n}") for n in (1, 2, 3)),
    ],
    ids=["a-record-of-nobody", "one-three-times", "wrong-kind", "none-of-the-bundle"],
)
def test_receipt_names_other_records(
    world: World, forge: Forge, names: Sequence[tuple[str, str]]
) -> None:
    """Claim C43. Every record of the bundle, each as often as it was sent, and nothing else."""
    _answer(forge, _receipt(world, world.bundle.name, names=names))
    assert_refused(world, ReceiptInvalidError, station="lgwan-01")


@pytest.mark.parametrize(
    "lies",
    [
        {"receipt": "0" * 32},
        {"receipt_sha256": "0" * 64},
        {"applied": 2},
        {"held": 1},
    ],
    ids=str,
)
def test_receipt_is_not_what_the_log_says(world: World, forge: Forge, lies: Document) -> None:
    """Claim C43. The registry's own signed log, carried beside it, says another thing."""
    receipt = _receipt(world, world.bundle.name)
    _answer(forge, receipt, entries=_log_of(world, [receipt], **lies))
    assert_refused(world, ReceiptInvalidError, station="lgwan-01")


def test_receipt_of_another_length_than_the_log_says(world: World, forge: Forge) -> None:
    """Claim C43. Of the bundle itself the log says what the books say."""
    receipt = _receipt(world, world.bundle.name)
    *others, _issued = _log_of(world, [receipt])
    *_others, issued = _log_of(world, [receipt], records=2)
    _answer(forge, receipt, entries=[*others, issued])
    assert_refused(world, ReceiptInvalidError, station="lgwan-01")


def test_receipt_of_which_the_log_knows_nothing(world: World, forge: Forge) -> None:
    """Claim C43."""
    _answer(forge, _receipt(world, world.bundle.name), entries=world.log_bytes("registry-01"))
    assert_refused(world, ReceiptInvalidError, station="lgwan-01")


def test_bad_receipt_after_a_good_one(world: World, forge: Forge) -> None:
    """Claims C43 and C44. A refused bundle closes no books, whatever else it brought."""
    first = world.bundle.name
    good = _receipt(world, first)
    bad = _receipt(world, first, sums_sha256="0" * 64)
    _answer(forge, good, bad)
    assert_refused(world, ReceiptInvalidError, station="lgwan-01")


def test_receipt_of_a_station_never_sent_to(world: World, forge: Forge) -> None:
    """Claim C43. Another station answers for the registry."""
    file, entry = _receipt(world, world.bundle.name)
    forge.seal(
        station="lgwan-02",
        files=[file],
        receipts=[entry],
    )
    assert_refused(world, ReceiptInvalidError)


HELD = {"results": ("applied", "applied", "held"), "counts": {"applied": 2, "held": 1}}
"""An answer that leaves the third record to a person."""


def _supplement(world: World, **changes: Any) -> tuple[Inner, Document]:
    """Return a person's decision on the third record of the world's bundle."""
    told = {"supplement": 1, "counts": {"not_found": 1}, "results": ("not_found",)} | changes
    return _receipt(world, world.bundle.name, **({"names": NAMES[2:]} | told))


def test_right_supplement_closes_the_record(world: World, forge: Forge) -> None:
    """The control, as above."""
    _answer(forge, _supplement(world), _receipt(world, world.bundle.name, **HELD))
    assert world.import_("lgwan-01")[0].receipts == 2
    with world.lgwan() as station:
        assert station.books.outcome_counts() == {"applied": 2, "not_found": 1}


@pytest.mark.parametrize(
    "changes",
    [
        {"names": (("isa_notice", "N-9999"),)},
        {"names": NAMES[1:], "results": ("not_found",) * 2},
        {"names": (("municipal_notice", "N-0003"),)},
        {"sums_sha256": "0" * 64},
        {"seq": 2},
        {"counts": {"held": 1}, "results": ("held",)},
        {"counts": {"not_found": 2}},
        {"supplement": -1},
    ],
    ids=str,
)
def test_supplement_that_lies(world: World, forge: Forge, changes: Document) -> None:
    """Claim C43. One decision, on one record of that bundle."""
    _answer(forge, _receipt(world, world.bundle.name, **HELD), _supplement(world, **changes))
    assert_refused(world, ReceiptInvalidError, station="lgwan-01")


def test_supplement_without_the_answer(world: World, forge: Forge) -> None:
    """Claim C43. Nothing can be decided on a record of which nobody said that it is held."""
    _answer(forge, _supplement(world))
    assert_refused(world, ReceiptInvalidError, station="lgwan-01")


@pytest.mark.parametrize(
    "lies",
    [{"receipt_sha256": "0" * 64}, {"result": "conflict"}, {"supplement": 2}],
    ids=str,
)
def test_supplement_is_not_what_the_log_says(world: World, forge: Forge, lies: Document) -> None:
    """Claim C43. The log of whoever decided says another thing."""
    answer, supplement = _receipt(world, world.bundle.name, **HELD), _supplement(world)
    entries = (*_log_of(world, [answer]), *_said_of([supplement], **lies))
    _answer(forge, answer, supplement, entries=entries)
    assert_refused(world, ReceiptInvalidError, station="lgwan-01")


def test_decision_on_what_was_applied_changes_nothing(world: World, forge: Forge) -> None:
    """Claim C43. The answer and the decision contradict each other; the answer stands."""
    _answer(forge, _receipt(world, world.bundle.name), _supplement(world))
    world.import_("lgwan-01")
    with world.lgwan() as station:
        assert station.books.outcome_counts() == {"applied": 3}


def test_peer_that_claims_to_hold_more(world: World, forge: Forge) -> None:
    """Claims C44 and C80. Our log cannot be called short by a number in somebody's manifest."""
    forge.seal(manifest=_log(peer_size=2**40))
    assert_refused(world, CosignatureError)


def test_notice_of_another_municipality(world: World, forge: Forge) -> None:
    """Claim C46."""
    other = isa_csv((11, 1)).replace(b'"131041"', b'"131016"')
    forge.seal(files=[Inner(CSV, "isa_notice/1", 1, other)])
    assert_refused(world, RecordsRefusedError)
