"""Make the golden statements on void numbers in ``tests/vectors/void``.

    python tools/make_void_vectors.py tests/vectors/void

Cases that are there already are left as they are. Keys are drawn anew and used for nothing else.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from mediabridge.bundle import layout, sshsig
from mediabridge.bundle.header import Route
from mediabridge.bundle.terms import FIRST_PREV
from mediabridge.verify.order import RouteState
from mediabridge.verify.void import LogHead, VoidReason, VoidStatement

CITY = "city.vectors.example"


@dataclass(frozen=True)
class Signer:
    """A throw-away signing key."""

    id: str
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)

    @property
    def name(self) -> str:
        """The name it signs under."""
        return self.id

    @property
    def public_key(self) -> bytes:
        """The raw public key, 32 bytes."""
        return self.key.public_key().public_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        """Return the 64-byte signature."""
        return self.key.sign(message)


def head(seq: int) -> str:
    """Return what stands for the signed list of number *seq*."""
    return f"{seq:064x}" if seq else FIRST_PREV


CASES = {
    "lost-and-replaced": (31, 31, 34, VoidReason.MEDIUM_LOST, None, [0, 29, 30, 31, 33]),
    "restored": (
        *(31, 34, 35, VoidReason.STATION_RESTORED),
        LogHead(size=120, root="c" * 64),
        [30, 32, 34, 35],
    ),
}
"""First, last, what follows, why, the log, and the newest numbers that a receiver took."""


def main(target: Path) -> None:
    """Write every case that is not there yet."""
    for name, (first, last, after, reason, log, newest) in CASES.items():
        if (target / name).exists():
            continue
        statement = VoidStatement(
            format=1,
            city=CITY,
            mode="live",
            route=Route(sender="lgwan-01", receiver="registry-01"),
            first=first,
            last=last,
            replaced_by=after,
            prev=head(last),
            log=log,
            reason=reason,
            time="2026-11-27T08:30:00Z",
        )
        folder = target / name
        folder.mkdir(parents=True)
        file, namespace = layout.void_name(first, last), f"mediabridge-void-v1@{CITY}"
        (folder / file).write_bytes(statement.dump())
        lines = []
        for officer in (Signer("officer-1"), Signer("officer-2")):
            signed = sshsig.sign(statement.dump(), namespace=namespace, signer=officer)
            (folder / layout.void_signature_name(file, officer.id)).write_bytes(signed)
            key = sshsig.openssh_key(officer.public_key)
            lines.append(f'{officer.id} namespaces="{namespace}" {key}\n')
        (folder / "allowed_signers").write_text("".join(lines), encoding="ascii")
        states = []
        for seq in newest:
            state = RouteState.of([(seq, head(seq))], [statement.on_route])
            states.append(
                {
                    "newest": [seq, head(seq)],
                    "next": [state.next_seq, state.sums_sha256],
                }
            )
        expected = {"city": CITY, "mode": "live", "states": states}
        text = json.dumps(expected, indent=2)
        (folder / "expected.json").write_text(f"{text}\n", encoding="ascii")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
