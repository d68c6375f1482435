"""Make the golden bundles in ``tests/vectors/bundle``, with the keys that open them.

    python tools/make_vectors.py tests/vectors/bundle

Cases that are there already are left as they are: readers of any later version must go
on reading them. Keys are drawn anew and used for nothing else.
"""

from __future__ import annotations

import hashlib
import io
import json
import secrets
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from unittest import mock

from cryptography.hazmat.primitives.asymmetric import ec, mlkem
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA384
from cryptography.hazmat.primitives.hpke import MLKEM1024P384PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from mediabridge.bundle import layout, sshsig
from mediabridge.bundle.announcement import (
    Announcement,
    Answered,
    SignedAnnouncement,
    key_digest,
)
from mediabridge.bundle.header import Copy, Header, Outstanding, Route
from mediabridge.bundle.manifest import (
    CarriedLog,
    CarriedReceipt,
    Manifest,
    Summary,
    content_digest,
)
from mediabridge.bundle.seal import Draft, Source, compress, seal
from mediabridge.bundle.software import Software
from mediabridge.bundle.spare import write_spare
from mediabridge.bundle.statements import Deed, prepared, statement_namespace
from mediabridge.bundle.terms import FIRST_PREV
from mediabridge.config import PROFILE
from mediabridge.kinds import SOFTWARE_SCHEMA, Kind
from mediabridge.records.csv import CsvWriter
from mediabridge.records.fields import FIELDS
from mediabridge.records.model import ADAPTERS
from mediabridge.records.tables import shipped
from mediabridge.spelling import to_base64

CITY = "city.vectors.example"
CLERK = "clerk-1"


@dataclass(frozen=True)
class Signer:
    """A throw-away signing key."""

    name: str
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)

    @property
    def public_key(self) -> bytes:
        """The raw public key, 32 bytes."""
        return self.key.public_key().public_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        """Return the 64-byte signature."""
        return self.key.sign(message)


@dataclass(frozen=True)
class P384Signer:
    """A throw-away signing key of the kind that tokens have."""

    name: str
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP384R1())
    )

    @property
    def public_key(self) -> bytes:
        """The uncompressed point, 97 bytes."""
        public = self.key.public_key()
        return public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    def sign(self, message: bytes) -> bytes:
        """Return the two numbers of the signature, 48 bytes each."""
        numbers = decode_dss_signature(self.key.sign(message, ec.ECDSA(SHA384())))
        return b"".join(number.to_bytes(48, "big") for number in numbers)


AnySigner = Signer | P384Signer


@dataclass(frozen=True)
class Recipient:
    """A throw-away decryption key."""

    lattice: mlkem.MLKEM1024PrivateKey = field(default_factory=mlkem.MLKEM1024PrivateKey.generate)
    curve: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP384R1())
    )

    @property
    def public(self) -> MLKEM1024P384PublicKey:
        """The public half."""
        return MLKEM1024P384PublicKey(self.lattice.public_key(), self.curve.public_key())

    @property
    def encoded(self) -> str:
        """The public half as text."""
        point = self.curve.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return to_base64(self.lattice.public_key().public_bytes_raw() + point)

    def as_json(self) -> dict[str, str]:
        """Return the private half as ``expected.json`` writes it."""
        scalar = self.curve.private_numbers().private_value.to_bytes(48, "big")
        return {"mlkem_seed": self.lattice.private_bytes_raw().hex(), "p384_scalar": scalar.hex()}


@dataclass(frozen=True)
class Case:
    """One golden bundle: its records files, receipts and officers."""

    name: str
    records: dict[str, tuple[str, int, bytes]]
    """Inner name to schema, number of records, content."""
    events: dict[str, int]
    officers: tuple[str, ...] = ("officer-1",)
    receipts: int = 0
    pad_to: int = 65536
    seq: int = 1
    result: str = "opens"
    """How far a reader comes; see the format page, section 10."""
    announces: int | None = None
    """The number of the announced recipient key, if there is one."""
    signer: type[Signer | P384Signer] = Signer
    """Which type of key the station and the people have."""
    mode: Literal["live", "training"] = "training"
    """In a live one the clerk has signed for having prepared it."""
    as_of: str | None = None
    """What the summary says of the time of a full population."""
    software: tuple[Software, ...] = ()
    """What the summary says of the files of software."""
    outstanding: tuple[Outstanding, ...] = ()
    """Earlier numbers without a receipt."""
    parity_columns: int = 0
    """How much parity there is; with any, there is a copy of list and signatures, too."""


AS_OF = "2026-05-03T02:00:00+09:00"
_NOTICE = {
    "municipality_code": "131041",
    "issued_at": "2026-05-02T09:00:00+09:00",
    "event_date": "2026-05-01",
    "art30_45_category": "1",
    "card_type": "1",
    "name_roman": "NGUYEN VAN AN",
    "birth_date": "1990-04-05",
    "sex": "1",
    "nationality_region": "VNM",
    "status_of_residence": "226",
    "period_years": "3",
    "period_months": "0",
    "period_days": "0",
    "period_of_stay_expiration_date": "2029-05-01",
}


def _notices(event_code: str, operation: str) -> bytes:
    """Return a file of two notices of nobody, for the reason *event_code*."""
    output = io.BytesIO()
    writer = CsvWriter(output, Kind.ISA_NOTICE, tables=shipped())
    for number in (1, 2):
        row = {
            **_NOTICE,
            "notice_id": f"N-{number:04d}",
            "sequence": str(number),
            "card_number": f"AB{number:08d}CD",
            "event_code": event_code,
            "operation_hint": operation,
        }
        writer.write(ADAPTERS[Kind.ISA_NOTICE].validate_python(row))
    return output.getvalue()


def _population() -> bytes:
    """Return a full population of two people who do not exist."""
    output = io.BytesIO()
    writer = CsvWriter(output, Kind.ISA_POPULATION, tables=shipped())
    kept = FIELDS[Kind.ISA_POPULATION].keys() & _NOTICE.keys()
    for number in (1, 2):
        row = {
            **{name: _NOTICE[name] for name in kept},
            "entry_id": f"E-{number:04d}",
            "extract_id": "X-1",
            "as_of": AS_OF,
            "total": "2",
            "card_number": f"AB{number:08d}CD",
        }
        writer.write(ADAPTERS[Kind.ISA_POPULATION].validate_python(row))
    return output.getvalue()


_SIGNATURES = b"ClamAV-VDB:27 Nov 2026 08-00 +0000:27000:1:90:0:x:nobody:0".ljust(512)
_PACKAGE = b"!<arch>\nno package, and nothing here reads it\n"


def _software(name: str, version: str, sort: str, data: bytes, replaces: str = "") -> Software:
    return Software(
        name=name,
        version=version,
        sort=sort,
        role="any" if sort != "program" else "registry",
        replaces=replaces,
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
    )


CASES = (
    Case("no-records", {}, {}),
    Case(
        "one-day",
        {"isa_notice-0001.csv": ("isa_notice/1", 2, b'"notice_id"\r\n"A"\r\n"B"\r\n')},
        {"N02": 1, "N07": 1},
        receipts=1,
        seq=7,
        announces=6,
    ),
    Case(
        "two-officers-incompressible",
        {
            "municipal_notice-0001.csv": ("municipal_notice/1", 1, secrets.token_bytes(300_000)),
            "residence_report-0001.csv": ("residence_report/1", 1, b""),
        },
        {"M01": 1, "19-9": 1},
        officers=("officer-1", "officer-2"),
        pad_to=0,
    ),
    Case(
        "extensions-as-shown",
        {"isa_notice-0001.csv": ("isa_notice/1", 2, _notices("N02", "correction"))},
        {"N02": 2},
        result="counts",
    ),
    Case(
        "deletions-shown-as-extensions",
        {"isa_notice-0001.csv": ("isa_notice/1", 2, _notices("N09", "deletion"))},
        {"N02": 2},
        result="SUMMARY_MISMATCH",
    ),
    Case(
        "signed-with-p384",
        {},
        {},
        officers=("officer-1", "officer-2"),
        announces=1,
        signer=P384Signer,
    ),
    Case("prepared-by-a-clerk", {}, {}, mode="live"),
    Case("prepared-with-p384", {}, {}, signer=P384Signer, mode="live"),
    Case(
        "population",
        {"isa_population-0001.csv": ("isa_population/1", 2, _population())},
        {"1": 2},
        officers=("officer-1", "officer-2"),
        result="counts",
        as_of=AS_OF,
    ),
    Case(
        "population-shown-as-of-another-day",
        {"isa_population-0001.csv": ("isa_population/1", 2, _population())},
        {"1": 2},
        officers=("officer-1", "officer-2"),
        result="SUMMARY_MISMATCH",
        as_of="2026-05-04T02:00:00+09:00",
    ),
    Case(
        "software",
        {
            "software-0001.bin": (SOFTWARE_SCHEMA, 0, _PACKAGE),
            "software-0002.bin": (SOFTWARE_SCHEMA, 0, _SIGNATURES),
        },
        {},
        officers=("officer-1", "officer-2"),
        result="counts",
        software=(
            _software("mediabridge", "1:0.3.0~rc1-2", "program", _PACKAGE, "0.2.0"),
            _software("daily.cvd", "27000", "antivirus", _SIGNATURES),
        ),
    ),
    Case(
        "software-signatures-by-another-name",
        {"software-0001.bin": (SOFTWARE_SCHEMA, 0, _SIGNATURES)},
        {},
        officers=("officer-1", "officer-2"),
        result="MANIFEST_MALFORMED",
        software=(_software("other.cvd", "27000", "antivirus", _SIGNATURES),),
    ),
    Case(
        "software-another-program",
        {"software-0001.bin": (SOFTWARE_SCHEMA, 0, _PACKAGE)},
        {},
        officers=("officer-1", "officer-2"),
        result="MANIFEST_MALFORMED",
        software=(_software("mediabridge-doc", "1:0.3.0~rc1-2", "program", _PACKAGE),),
    ),
    Case("with-parity", {}, {}, officers=("officer-1", "officer-2"), parity_columns=2),
    Case(
        "earlier-numbers-outstanding",
        {},
        {},
        seq=33,
        outstanding=(
            Outstanding(
                seq=31,
                copies=(
                    Copy(at="2026-11-23T00:30:00Z", medium=None),
                    Copy(at="2026-11-23T00:31:05Z", medium="M-0007"),
                ),
            ),
            Outstanding(seq=32, copies=()),
        ),
    ),
)


def main(target: Path) -> None:
    """Write every case below *target* that is not there yet."""
    for case in CASES:
        if not (target / case.name).exists():
            with ExitStack() as changed:
                if case.result == "MANIFEST_MALFORMED":
                    # The sender's program was changed: it lets any file pass for one of its sort.
                    anything = mock.PropertyMock(return_value=True)
                    changed.enter_context(mock.patch.object(Software, "is_of_its_sort", anything))
                _make(case, target / case.name)


def _make(case: Case, folder: Path) -> None:
    folder.mkdir(parents=True)
    bundle = secrets.token_hex(16)
    recipient, others = Recipient(), [Recipient(), Recipient()]
    station, officers = case.signer("lgwan-01"), [case.signer(name) for name in case.officers]
    clerk = case.signer(CLERK) if case.mode == "live" else None
    with tempfile.TemporaryDirectory() as scratch:
        draft, receipts = _draft(case, Path(scratch))
        manifest = _manifest(
            case, bundle, draft, receipts, clerk, announced=_announced(case, station)
        )
        header = _header(case, manifest, draft)
        (folder / bundle).mkdir()
        keys = [each.public for each in (recipient, *others)]
        columns = case.parity_columns
        sums = seal(folder / bundle, draft, header, manifest, keys, parity_columns=columns)
    _sign(folder / bundle, sums, station, officers)
    if columns:
        write_spare(folder / bundle)
    (folder / "allowed_signers").write_text(_allowed(station, officers, clerk), "ascii")
    expected: dict[str, Any] = {
        "city": CITY,
        "station": station.name,
        "approvers": sorted(case.officers),
        "prepared": clerk.name if clerk else None,
        "recipient": recipient.as_json(),
        "header": json.loads(header.to_bytes()),
        "files": {file.name: file.sha256 for file in manifest.files},
        "records": manifest.records,
        "events": case.events,
        "announced": case.announces,
        "result": case.result,
    }
    (folder / "expected.json").write_text(json.dumps(expected, indent=1) + "\n", "ascii")


def _draft(case: Case, scratch: Path) -> tuple[Draft, tuple[CarriedReceipt, ...]]:
    contents = dict(case.records)
    receipts = []
    for number in range(1, case.receipts + 1):
        name = f"receipt-{number:08d}.jsonl"
        contents[name] = ("receipt/1", 0, b'{"format":1}\n')
        receipts.append(
            CarriedReceipt(
                receipt=secrets.token_hex(16), bundle=secrets.token_hex(16), seq=number, file=name
            )
        )
    contents["translog.jsonl"] = ("translog/1", 0, b'{"event":"station-initialised"}\n')
    sources = []
    for name, (schema, records, content) in contents.items():
        (scratch / name).write_bytes(content)
        sources.append(Source(scratch / name, name, schema, records))
    return compress(sources, scratch / "stream", pad_to=case.pad_to), tuple(receipts)


def _manifest(
    case: Case,
    bundle: str,
    draft: Draft,
    receipts: tuple[CarriedReceipt, ...],
    clerk: AnySigner | None,
    *,
    announced: SignedAnnouncement | None,
) -> Manifest:
    records = {
        schema.partition("/")[0]: count
        for schema, count, _ in case.records.values()
        if schema != SOFTWARE_SCHEMA
    }
    summary = Summary(
        bundle=bundle,
        route=Route(sender="lgwan-01", receiver="registry-01"),
        seq=case.seq,
        operator=CLERK,
        records=records,
        events=case.events,
        files=len(draft.files),
        size=sum(file.size for file in draft.files),
        receipts=len(receipts),
        previous_records=0,
        content=content_digest(draft.files),
        **({"as_of": case.as_of} if case.as_of else {}),
        **({"software": case.software} if case.software else {}),
    )
    salt = secrets.token_hex(32)
    log = CarriedLog(
        start=0,
        size=1,
        checkpoint="a note\n",
        file="translog.jsonl",
        peer_size=0,
        peer_checkpoint=None,
    )
    return Manifest(
        format=1,
        bundle=bundle,
        operator=CLERK,
        files=draft.files,
        padding=draft.padding,
        records=records,
        receipts=receipts,
        log=log,
        recipient=announced,
        summary=summary,
        salt=salt,
        prepared=_prepared(summary, summary.digest(salt), clerk) if clerk else None,
    )


def _prepared(summary: Summary, digest: str, clerk: AnySigner) -> str:
    statement = prepared(
        clerk.name,
        bundle=summary.bundle,
        route=summary.route,
        seq=summary.seq,
        summary=digest,
    )
    namespace = statement_namespace(Deed.PREPARED, CITY)
    return sshsig.sign(statement, namespace=namespace, signer=clerk).decode("ascii")


def _announced(case: Case, station: AnySigner) -> SignedAnnouncement | None:
    """Return the recipient key that the station wants its own bundles to be sealed to."""
    if case.announces is None:
        return None
    fresh, first = Recipient().encoded, Recipient().encoded
    announcement = Announcement(
        format=1,
        mode=case.mode,
        station=station.name,
        sender="registry-01",
        number=case.announces,
        key=fresh,
        replaces=(key_digest(first),),
        answers=Answered(seq=5, sums_sha256=hashlib.sha256(b"their list").hexdigest()),
    )
    namespace = f"mediabridge-recipient-v1@{CITY}"
    signature = sshsig.sign(announcement.to_bytes(), namespace=namespace, signer=station)
    return SignedAnnouncement(announcement=announcement, signature=signature.decode("ascii"))


def _header(case: Case, manifest: Manifest, draft: Draft) -> Header:
    prev = FIRST_PREV if case.seq == 1 else hashlib.sha256(b"an earlier list").hexdigest()
    return Header(
        format=1,
        profile=PROFILE,
        bundle=manifest.bundle,
        mode=case.mode,
        route=manifest.summary.route,
        seq=case.seq,
        prev=prev,
        created="2026-11-24T00:00:00Z",
        not_after="2026-12-24T00:00:00Z",
        parts=draft.parts,
        trust_version=1,
        summary=manifest.summary.digest(manifest.salt),
        outstanding=case.outstanding,
    )


def _sign(folder: Path, sums: bytes, station: AnySigner, officers: Sequence[AnySigner]) -> None:
    signature = sshsig.sign(sums, namespace=f"mediabridge-bundle-v1@{CITY}", signer=station)
    (folder / layout.STATION_SIGNATURE).write_bytes(signature)
    for officer in officers:
        approval = sshsig.sign(sums, namespace=f"mediabridge-approve-v1@{CITY}", signer=officer)
        (folder / layout.approval_name(officer.name)).write_bytes(approval)


def _allowed(station: AnySigner, officers: Sequence[AnySigner], clerk: AnySigner | None) -> str:
    lines = [_line(station, "bundle"), *(_line(officer, "approve") for officer in officers)]
    if clerk is not None:
        lines.append(_line(clerk, "prepared"))
    return "".join(lines)


def _line(signer: AnySigner, purpose: str) -> str:
    namespace = f"mediabridge-{purpose}-v1@{CITY}"
    return f'{signer.name} namespaces="{namespace}" {sshsig.openssh_key(signer.public_key)}\n'


if __name__ == "__main__":
    main(Path(sys.argv[1]))
