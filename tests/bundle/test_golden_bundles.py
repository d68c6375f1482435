"""The golden bundles, read by the program itself as far as keys and content go."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP384R1, derive_private_key
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM1024PrivateKey
from cryptography.hazmat.primitives.hpke import MLKEM1024P384PrivateKey

from mediabridge.bundle.header import parse_header
from mediabridge.bundle.opening import decrypt
from mediabridge.bundle.stages import OpenedBundle, VerifiedBundle
from mediabridge.errors import ManifestMalformedError, SummaryMismatchError
from mediabridge.kinds import Kind
from mediabridge.media.staging import sealed_from
from mediabridge.progress import NullProgress
from mediabridge.records.tables import shipped
from mediabridge.stations.reading import check_records
from mediabridge.verify.contents import check_contents, check_counted

VECTORS = Path(__file__).parents[1] / "vectors" / "bundle"
CASES = sorted(path for path in VECTORS.glob("*") if path.is_dir())
MUNICIPALITY = "131041"


def _key(expected: dict[str, Any]) -> MLKEM1024P384PrivateKey:
    lattice, curve = (bytes.fromhex(each) for each in expected["recipient"].values())
    return MLKEM1024P384PrivateKey(
        MLKEM1024PrivateKey.from_seed_bytes(lattice),
        derive_private_key(int.from_bytes(curve), SECP384R1()),
    )


def _opened(case: Path, expected: dict[str, Any], scratch: Path) -> OpenedBundle:
    """Make the steps that need no trust data: the city of the vectors has none."""
    (folder,) = (path for path in case.iterdir() if path.is_dir())
    sizes = {path.name: path.stat().st_size for path in sorted(folder.iterdir())}
    sealed = sealed_from(folder.name, folder, dict.fromkeys(sizes, ""), sizes)
    verified = VerifiedBundle(
        sealed,
        parse_header(sealed.header),
        hashlib.sha256(sealed.sums).hexdigest(),
        tuple(expected["approvers"]),
    )
    unpacked = decrypt(verified, _key(expected), scratch)
    check_contents(verified, unpacked, tuple(Kind), software=True)
    return OpenedBundle(verified, unpacked.manifest, unpacked.files)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_golden_bundle_is_read_as_far_as_it_says(case: Path, tmp_path: Path) -> None:
    """Claim C31. What must be refused is refused for what was shown of it."""
    expected = json.loads((case / "expected.json").read_bytes())
    if expected["result"] == ManifestMalformedError.reason:
        with pytest.raises(ManifestMalformedError):
            _opened(case, expected, tmp_path)
        return
    opened = _opened(case, expected, tmp_path)
    if expected["result"] == "opens":
        return
    found = check_records(opened, MUNICIPALITY, NullProgress(), tables=shipped())
    if expected["result"] == "counts":
        check_counted(opened.manifest.summary, found.events, 0, as_of=found.as_of)
        return
    with pytest.raises(SummaryMismatchError) as refusal:
        check_counted(opened.manifest.summary, found.events, 0, as_of=found.as_of)
    assert refusal.value.reason == expected["result"]
