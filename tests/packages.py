"""Packages and databases that a test makes, as small as they can be."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path

HOME = "usr/lib/mediabridge"


def build_package(
    folder: Path,
    version: str,
    *,
    name: str = "mediabridge",
    files: Mapping[str, bytes] | None = None,
    scripts: Mapping[str, str] | None = None,
    architecture: str = "all",
) -> Path:
    """Build a package of Debian's in *folder*; *files* by their path below the root."""
    tree = folder / f"{name}-{version}".replace(":", "%")
    control = tree / "DEBIAN"
    control.mkdir(parents=True)
    (control / "control").write_text(
        f"Package: {name}\nVersion: {version}\nArchitecture: {architecture}\n"
        "Maintainer: nobody <nobody@example.invalid>\nDescription: made by a test\n"
    )
    for path, data in (files or {f"{HOME}/version": version.encode()}).items():
        target = tree / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    for script, body in (scripts or {}).items():
        path = control / script
        path.write_text(body)
        path.chmod(0o755)
    package = folder / f"{name}_{version}_all.deb".replace(":", "%")
    words = ("dpkg-deb", "--root-owner-group", "--build", str(tree), str(package))
    subprocess.run(words, check=True, capture_output=True)
    return package


def build_database(path: Path, version: int, size: int = 4096) -> Path:
    """Write what begins as a database of ClamAV does; its signature is nobody's."""
    head = f"ClamAV-VDB:27 Nov 2026 08-00 +0000:{version}:1:90:{'0' * 32}:x:nobody:0"
    path.write_bytes(head.encode().ljust(512) + bytes(size))
    return path
