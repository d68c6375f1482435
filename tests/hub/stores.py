"""A store that speaks S3, for the tests: Swift behind TLS, which they start, stop and break."""

from __future__ import annotations

import contextlib
import json
import socket
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mediabridge.hub.settings import StorePlace
from tests.hub import town

PYTHON = "/usr/bin/python3"
"""Debian's own, which knows the modules of its packages."""

SECRET = "what-nobody-else-knows-of-the-store"  # noqa: S105 - of a store of the tests
BUCKET = "contents"
ACCESS = "hub:writer"


def is_installed() -> bool:
    words = (PYTHON, "-c", "import swift")
    try:
        return subprocess.run(words, check=False, capture_output=True).returncode == 0
    except OSError:
        return False


def _free() -> int:
    with socket.create_server(("127.0.0.1", 0)) as bound:
        return int(bound.getsockname()[1])


@dataclass
class ObjectStore:
    """One store; what it keeps lies in its folder."""

    folder: Path
    ports: dict[str, int] = field(
        default_factory=lambda: {
            name: _free() for name in ("account", "container", "object", "proxy")
        }
    )

    def __post_init__(self) -> None:
        self.secret = self.folder / "secret"
        self.secret.write_text(SECRET + "\n")
        self.secret.chmod(0o600)
        self.certificate, self.key = town.hub_certificate(self.folder)
        self.start()
        from mediabridge.hub import in_s3  # noqa: PLC0415 - needs botocore

        in_s3._client(self.place(), SECRET).create_bucket(Bucket=BUCKET)

    def start(self) -> None:
        told = {
            "certificate": str(self.certificate), "key": str(self.key), "secret": SECRET,
            "user": ACCESS.replace(":", "_"),
        }  # fmt: skip
        words = (PYTHON, "-P", Path(__file__).with_name("run_swift.py"), self.folder)
        self._process = subprocess.Popen(
            (*words, json.dumps(told), json.dumps(self.ports)), stdin=subprocess.PIPE
        )
        for port in self.ports.values():
            while not self._answers(port):
                assert self._process.poll() is None
                time.sleep(0.02)

    def stop(self) -> None:
        self._process.communicate()

    def _answers(self, port: int) -> bool:
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", port), 1).close()
            return True
        return False

    def values(self, **other: Any) -> dict[str, Any]:
        """Return the lines of ``[store]``."""
        lines = {
            "adapter": "s3", "endpoint": f"https://{town.HOST}:{self.ports['proxy']}",
            "bucket": BUCKET, "prefix": "hub/", "access_key": ACCESS, "secret": self.secret,
            "root_certificate": self.certificate,
        }  # fmt: skip
        return {**lines, **other}

    def place(self, **other: Any) -> StorePlace:
        return StorePlace(**self.values(**other))

    def lines(self, **other: Any) -> str:
        """Return the table of ``hub.toml``."""
        lines = (f'{name} = "{value}"' for name, value in self.values(**other).items())
        return "\n".join(["[store]", *lines])
