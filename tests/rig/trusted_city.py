"""What a ceremony elsewhere makes of the requests of two stations and their people."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

from trust.test_trust_client import tuf_signers

from mediabridge.bundle import layout
from mediabridge.clock import SystemClock
from mediabridge.trust import repository, requests, signers
from mediabridge.trust.ceremony import entries
from mediabridge.trust.fields import ESCROW
from mediabridge.trust.repository import Publishers, RootHolders
from mediabridge.trust.trust_data import Recipient

CITY, CODE = "city.example.jp", "131041"


def publish(medium: Path, asked: Iterable[bytes]) -> bytes:
    """Put the trust data of all who *asked* onto *medium*, and return its first root."""
    clock = SystemClock()
    valid = entries.Validity(clock.now(), clock.now() + timedelta(days=365))
    trust = entries.first(CITY, CODE, "live")
    for each in asked:
        trust = entries.added(trust, requests.read(each, name="request.json"), valid)
    escrow = Recipient(
        id=ESCROW, station=ESCROW, key=signers.new_recipient_key("escrow-recipient").public
    )
    trust = trust.model_copy(update={"recipients": (*trust.recipients, escrow)})
    first, second, third = tuf_signers(3)
    folder = layout.trust_folder(medium)
    repository.create(
        folder,
        entries.routed_throughout(trust, 1),
        root=RootHolders(tuf_signers(2)),
        publishers=Publishers([first, second], third, third),
        clock=clock,
    )
    return (folder / "metadata" / "1.root.json").read_bytes()
