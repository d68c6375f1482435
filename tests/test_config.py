"""What config.py says about sizes is true of what this program makes, at its most."""

from __future__ import annotations

import io
import re
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from logkeys import Ed25519Signer

import mediabridge
from mediabridge import canonical
from mediabridge.bundle import layout
from mediabridge.bundle.manifest import CarriedReceipt, InnerFile
from mediabridge.bundle.parts import encrypt_part
from mediabridge.bundle.sums import write_sums
from mediabridge.bundle.wraps import wrap
from mediabridge.config import GIB, KIB, LIMITS, MIB
from mediabridge.records.fields import FIELDS
from mediabridge.translog import checkpoint
from mediabridge.trust import signers

PACKAGE = Path(mediabridge.__file__).parent


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
