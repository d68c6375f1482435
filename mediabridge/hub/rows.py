"""A bundle as it stands in the tables, and how it is found for whom it concerns."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Final, Literal

from pydantic import TypeAdapter

from mediabridge.errors import NotAtHubError
from mediabridge.hub.callers import Caller
from mediabridge.hub.database import Row, Session
from mediabridge.line import api

COLUMNS: Final = (
    "id, bundle, sender, receiver, seq, sums_sha256, digest, files, size, state, stored_at, anew"
)

_FILES: Final = TypeAdapter(tuple[api.File, ...])


@dataclass(frozen=True)
class Held:
    """One row of the table ``bundle``."""

    id: int
    bundle: str
    sender: str
    receiver: str
    seq: int
    sums_sha256: str
    digest: str
    """SHA-256 of the announcement: what tells one content from another."""
    files: tuple[api.File, ...]
    size: int
    state: api.State
    stored_at: str | None
    anew: int
    """How often what had come was forgotten."""

    def file(self, name: str) -> api.File:
        """Return the file *name*.

        Raises:
            NotAtHubError: it was not announced.
        """
        found = next((file for file in self.files if file.name == name), None)
        if found is None:
            raise NotAtHubError
        return found


def held(row: Row) -> Held:
    """Return the bundle of a *row* of :data:`COLUMNS`."""
    number, bundle, sender, receiver, seq, sums, digest, files, size, *last = row
    parsed = _FILES.validate_json(files)
    return Held(number, bundle, sender, receiver, seq, sums, digest, parsed, size, *last)


def spelt(files: tuple[api.File, ...]) -> str:
    """Return *files* as their column has them."""
    return json.dumps([file.model_dump() for file in files], separators=(",", ":"))


def find(
    session: Session, caller: Caller, bundle: str, end: Literal["sender", "receiver", "either"]
) -> Held:
    """Return a bundle that concerns *caller* at this *end*, and lock it until the commit.

    A receiver sees none before it is complete.

    Raises:
        NotAtHubError: there is none of this id, or it is none of the caller's business.
    """
    query = f"SELECT {COLUMNS} FROM bundle WHERE city = ? AND bundle = ?{session.locking}"  # noqa: S608 - texts of this package
    rows = session.rows(query, caller.domain, bundle)
    found = held(rows[0]) if rows else None
    if found is None or not _concerns(found, caller, end):
        raise NotAtHubError
    return found


def _concerns(found: Held, caller: Caller, end: str) -> bool:
    sends = found.sender == caller.id and end != "receiver"
    takes = found.receiver == caller.id and end != "sender"
    return sends or (takes and found.state != "arriving")


def entry(session: Session, found: Held) -> api.Entry:
    """Return what a caller is told of *found*."""
    received = {file.name: file.size for file in found.files}
    if found.state == "arriving":
        query = "SELECT name, received FROM file WHERE bundle_id = ?"
        received = dict(session.rows(query, found.id))
    files = tuple(
        api.KeptFile(**file.model_dump(), received=received[file.name]) for file in found.files
    )
    return api.Entry(
        bundle=found.bundle,
        sender=found.sender,
        receiver=found.receiver,
        seq=found.seq,
        sums_sha256=found.sums_sha256,
        files=files,
        state=found.state,
        stored_at=found.stored_at,
    )
