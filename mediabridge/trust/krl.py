"""The revoked keys as an OpenSSH KRL, made by ``ssh-keygen`` itself.

A list of public keys names only those whose holders are still in the trust data; a KRL
takes fingerprints, so it has every revoked key. Its format is OpenSSH's own business:
what goes in is a list of lines ``hash: SHA256:…`` (ssh-keygen(1), KEY REVOCATION LISTS).
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from mediabridge.trust.trust_data import TrustData


def specification(trust: TrustData) -> str:
    """Return the lines from which ``ssh-keygen -k`` makes the list."""
    return "".join(f"hash: {each.key}\n" for each in trust.revoked)


def build(trust: TrustData) -> bytes | None:
    """Return the KRL, numbered as the trust data is; None where ssh-keygen is not installed.

    Raises:
        OSError: ssh-keygen cannot be run, or did not make one.
    """
    tool = shutil.which("ssh-keygen")
    if tool is None:
        return None
    with tempfile.TemporaryDirectory() as scratch:
        lines, out = Path(scratch, "lines"), Path(scratch, "krl")
        lines.write_text(specification(trust), "ascii")
        words = [tool, "-q", "-k", "-z", str(trust.version), "-f", str(out), str(lines)]
        subprocess.run(words, check=False, capture_output=True)  # noqa: S603 - fixed words
        return out.read_bytes()
