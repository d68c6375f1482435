"""Trying a scanner out: does it say when it did not look, and does it find anything at all?

What the daemon's settings are, it tells nobody, and its file of settings may have changed since it
started. How it behaves can be seen.
"""

from __future__ import annotations

import io
import secrets
import zipfile
from typing import Final

from mediabridge.errors import ScannerUnfitError
from mediabridge.locale import text
from mediabridge.scanner.clamd import Clamd

_DEEPER: Final = 128
"""An archive in an archive, so often: more than ``MaxRecursion`` can be set to, which is 100."""

# In parts, and the last one first: otherwise a scanner would find this very file.
_TEST_FILE: Final = ("H+H*", "TEST-FILE!$", "ANTIVIRUS-", "STANDARD-", "EICAR-")
_TEST_HEAD: Final = (r"7CC)7}$", r"[4\PZX54(P^)", r"X5O!P%@AP")


def test_file() -> bytes:
    """Return the harmless file of EICAR, which every scanner is to report."""
    return "".join([*reversed(_TEST_HEAD), *reversed(_TEST_FILE)]).encode("ascii")


def too_deep() -> bytes:
    """Return a harmless archive that is over the limit of depth of every daemon."""
    # The daemon remembers what was clean: each layer has to be one that it has not seen.
    data = secrets.token_bytes(32)
    for _ in range(_DEEPER):
        layer = io.BytesIO()
        with zipfile.ZipFile(layer, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("a", data)
        data = layer.getvalue()
    return data


def require_alerts(clamd: Clamd) -> None:
    """See that the daemon says of what it did not look at that it did not.

    Raises:
        ScannerUnfitError: it calls such a file clean.
        ScannerDownError: it cannot be asked.
    """
    if not clamd.scan(io.BytesIO(too_deep())).limit:
        detail = text("what is over its limits it calls clean")
        raise ScannerUnfitError(detail=detail, name="AlertExceedsMax")


def require_finds(clamd: Clamd) -> None:
    """See that the daemon finds the test file.

    Raises:
        ScannerUnfitError: it does not.
        ScannerDownError: it cannot be asked.
    """
    if not clamd.scan(io.BytesIO(test_file())).found:
        raise ScannerUnfitError(detail=text("it does not find the test file of EICAR"))
