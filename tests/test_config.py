"""What config.py says about sizes is true of what this program makes, at its most."""

from __future__ import annotations

import io
import re
from datetime import UTC, date, datetime
from pathlib import Path

import zstandard
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from logkeys import Ed25519Signer

import mediabridge
from mediabridge import canonical
from mediabridge.apply import Outcome
from mediabridge.bundle import layout
from mediabridge.bundle.backup import Contents, Member
from mediabridge.bundle.header import Route
from mediabridge.bundle.manifest import CarriedReceipt, InnerFile
from mediabridge.bundle.medium import MediumIdentity
from mediabridge.bundle.parity import Grid
from mediabridge.bundle.parts import encrypt_part
from mediabridge.bundle.sums import write_sums
from mediabridge.bundle.wraps import wrap
from mediabridge.config import GIB, KIB, LIMITS, MIB
from mediabridge.kinds import Kind
from mediabridge.receipt import Head, write_receipt
from mediabridge.records.fields import FIELDS
from mediabridge.records.result import Result
from mediabridge.records.tables import shipped
from mediabridge.sample import write_sample
from mediabridge.translog import checkpoint, cosignature
from mediabridge.trust import signers

PACKAGE = Path(mediabridge.__file__).parent
ROUTE = Route.model_validate({"from": "lgwan-01", "to": "registry-01"})


def test_wraps_for_every_recipient_fit() -> None:
    public = signers.recipient_key(signers.new_recipient_key("escrow")).public_key()
    keys = wrap(bytes(32), [public] * LIMITS.wraps, digest=bytes(32))
    assert round(len(keys) / KIB) == 143
    assert len(keys) < LIMITS.small_file_bytes


def test_list_of_every_part_is_smaller() -> None:
    names = layout.listed_files(LIMITS.parts)
    assert len(write_sums(dict.fromkeys(names, "a" * 64))) < 143 * KIB


def test_full_part_is_within_the_limit(tmp_path: Path) -> None:
    size = 4 * MIB
    encrypt_part(io.BytesIO(bytes(size)), size, tmp_path / "part", key=bytes(32), context=b"")
    share = (tmp_path / "part").stat().st_size / size - 1
    assert 0.0009 < share < 0.0011
    assert LIMITS.part_plaintext_bytes * (1 + share) < LIMITS.part_bytes
    assert LIMITS.parts * LIMITS.part_bytes == 64 * GIB


def test_largest_manifest_is_as_small_as_we_say() -> None:
    digest, number, name = "a" * 64, "a" * 32, "n" * 64
    file = InnerFile.model_construct(
        name=name, schema_id="mediabridge.residence_report/1", records=10**7, sha256=digest,
        size=LIMITS.inner_file_bytes, compression="zstd", stored=LIMITS.inner_file_bytes,
    )  # fmt: skip
    receipt = CarriedReceipt(receipt=number, bundle=number, seq=2**31, file=name)
    entries = [canonical.dump(each.model_dump(by_alias=True)) for each in (file, receipt)]
    largest = LIMITS.inner_files * (sum(map(len, entries)) + len(entries))
    assert MIB < largest < 2 * MIB < LIMITS.manifest_bytes


def test_shipped_tables_are_as_small_as_we_say() -> None:
    sizes = [path.stat().st_size for path in PACKAGE.rglob("*.tsv")]
    assert 200 * KIB < max(sizes) < 300 * KIB < LIMITS.table_bytes


def test_right_row_is_as_short_as_we_say() -> None:
    for kind, fields in FIELDS.items():
        # Four bytes a character, two quotes and a comma; a number has at most 16 digits.
        longest = sum(4 * min(max(field.limit, 32), 300) + 3 for field in fields.values())
        assert longest < 8 * KIB < LIMITS.record_row_bytes, kind


def test_signed_note_is_as_short_as_we_say() -> None:
    station, city = "s" * 31, f"{'c' * 60}.example"
    origin = checkpoint.origin_of(city, station)
    signer = Ed25519Signer(origin, Ed25519PrivateKey.generate())
    note = checkpoint.sign(checkpoint.Checkpoint(origin, 2**53, bytes(32)), signer)
    assert len(note) < KIB < LIMITS.log_note_bytes


def test_cosigned_checkpoint_is_as_short_as_we_say() -> None:
    city, station = f"{'c' * 60}.example", "s" * 31
    origin, witness = checkpoint.origin_of(city, station), cosignature.witness_of(city, station)
    log, seen = (Ed25519Signer(name, Ed25519PrivateKey.generate()) for name in (origin, witness))
    signed = checkpoint.sign(checkpoint.Checkpoint(origin, 2**53 - 1, bytes(32)), log)
    cosigned = cosignature.cosign(signed, seen, datetime(2026, 11, 20, tzinfo=UTC))
    assert 500 < len(cosigned) < 600 < LIMITS.carried_note_characters


def test_lines_of_a_receipt_are_as_short_as_we_say() -> None:
    number, counts = "a" * 32, dict.fromkeys((each.value for each in Result), 10**6)
    head = Head(
        receipt=number, bundle=number, route=ROUTE, seq=2**16, supplement=0,
        sums_sha256="a" * 64, decided_at="2026-11-20T00:00:00Z", decided_by="clerk-1",
        counts=dict.fromkeys(("applied", "held"), 1000),
    )  # fmt: skip
    assert 330 < len(head.to_line()) < 370
    assert len(head.model_copy(update={"counts": counts}).to_line()) < LIMITS.receipt_line_bytes / 4
    output = io.BytesIO()
    records = [
        Outcome(f"{each:026d}", Kind.ISA_NOTICE, Result.APPLIED, None, None) for each in range(9)
    ]
    write_receipt(output, head.model_copy(update={"counts": {"applied": 9}}), records)
    (line,) = {len(line) for line in output.getvalue().splitlines()[1:]}
    assert 100 < line < 130


def test_parts_of_a_backup_are_as_short_as_we_say() -> None:
    contents = Contents(
        backup="a" * 32, files=LIMITS.backup_files, size=2**53 - 1, log_size=2**53 - 1,
        log_root="a" * 64,
    )  # fmt: skip
    name = f"trust/{'s' * 31}/metadata/targets/{'a' * 64}.trust.json"
    head = Member(name, Path(name), 2**53 - 1).head()
    assert 150 < max(len(contents.to_bytes()), len(head)) < 300 < LIMITS.backup_head_bytes


def test_identity_of_a_medium_is_as_short_as_we_say() -> None:
    text = "x" * 64
    medium = MediumIdentity.model_construct(
        format=1, city=f"{'c' * 60}.example", mode="training", medium="M-0001", label=text,
        vendor_id="abcd", product_id="abcd", vendor=text, product=text, serial=text,
        filesystem="exfat", filesystem_uuid=text, capacity=2**40, write_speed=2**30,
        directions=(ROUTE,), probe="quick",
        read_speed=2**30, registered="2026-11-20T00:00:00Z", registered_by="s" * 31,
    )  # fmt: skip
    assert 600 < len(medium.to_bytes()) < KIB < LIMITS.medium_json_bytes


def test_checksums_of_parity_take_what_we_say() -> None:
    sizes = (LIMITS.parity_blocks // 20 * 4 * KIB * 20 << step for step in range(8))
    taken = [8 * Grid((size,), LIMITS.parity_columns).blocks for size in sizes]
    assert round(max(taken) / MIB, 1) == 3.0
    assert 20 * LIMITS.parity_column_bytes > LIMITS.parts * LIMITS.part_bytes


def test_files_of_200_000_people_take_what_we_say(tmp_path: Path) -> None:
    sizes = {}
    for form in ("csv", "xml"):
        write_sample(
            tmp_path / form, residents=400, days=1, seed=7, start_date=date(2026, 11, 20),
            tables=shipped(), extract=True, fmt=form,
        )  # fmt: skip
        sizes[form] = (tmp_path / form / f"isa_population.{form}").read_bytes()
    rows = len(sizes["csv"].splitlines()) - 1
    assert 45 < len(sizes["csv"]) / rows * 0.2 < 55
    assert 130 < len(sizes["xml"]) / rows * 0.2 < 150
    assert 4 < len(sizes["csv"]) / len(zstandard.compress(sizes["csv"])) < 7


def test_every_limit_is_used() -> None:
    code = "\n".join(
        path.read_text(encoding="utf-8")
        for path in PACKAGE.rglob("*.py")
        if path.name != "config.py"
    )
    unused = [name for name in vars(type(LIMITS))["__annotations__"] if f".{name}" not in code]
    constants = re.findall(r"^([A-Z_]+): Final", (PACKAGE / "config.py").read_text(), re.MULTILINE)
    unused += [name for name in constants if not re.search(rf"\b{name}\b", code)]
    assert unused == []
