"""Play the Merkle vectors that transparency-dev publishes through our functions.

    python -m tools.merkle_vectors FOLDER

FOLDER is a checkout of ``transparency-dev/merkle``; the vectors are published as a repository
only. Every one that comes out otherwise is named, and the exit code is 1 if it is not expected.
"""

from __future__ import annotations

import base64
import json
import sys
from pathlib import Path
from typing import Any, Final

from mediabridge.errors import LogProofError
from mediabridge.translog import merkle

DEVIATIONS: Final = {"consistency/additional/sizes-are-equal-one-and-proof-is-empty.json"}
"""Accepted there though its roots are no hashes: they have 12 bytes."""


def main(folder: Path) -> int:
    """Play all vectors below *folder* and return the exit code."""
    root = folder / "testdata"
    vectors = [*root.glob("inclusion/**/*.json"), *root.glob("consistency/**/*.json")]
    others = {
        path.relative_to(root).as_posix()
        for path in vectors
        if _holds(json.loads(path.read_bytes())) is json.loads(path.read_bytes())["wantErr"]
    }
    for name in sorted(others):
        print(f"{name}: otherwise{', as expected' if name in DEVIATIONS else ''}")
    print(f"{len(vectors)} vectors, {len(vectors) - len(others)} as published")
    return int(not vectors or others != DEVIATIONS)


def _holds(vector: dict[str, Any]) -> bool:
    proof = [base64.b64decode(each) for each in vector["proof"] or []]
    hashes = {
        name: base64.b64decode(vector.get(name) or "")
        for name in ("leafHash", "root", "root1", "root2")
    }
    try:
        if "leafIdx" in vector:
            place = (vector["leafIdx"], vector["treeSize"])
            merkle.verify_inclusion(*place, hashes["leafHash"], proof, hashes["root"])
        else:
            sizes = (vector["size1"], vector["size2"])
            merkle.verify_consistency(*sizes, hashes["root1"], hashes["root2"], proof)
    except LogProofError:
        return False
    return True


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
