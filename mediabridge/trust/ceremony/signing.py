"""Whose turn it is, and signing: each step is signed when the one before it is complete.

1. root, where it changes: by the old holders and by the new ones, as TUF asks;
2. targets: the trust data itself;
3. snapshot and 4. timestamp, which tie the version together.

What was shown is bound to the bytes of ``draft.json``; if the file holds others by the
time of the signature, nothing is signed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from securesystemslib.exceptions import UnverifiedSignatureError
from securesystemslib.signer import Key, Signer
from tuf.api.metadata import Metadata

from mediabridge import errors, locale
from mediabridge.trust import tuf_keys
from mediabridge.trust.ceremony import draft as drafts
from mediabridge.trust.ceremony import folder as folders
from mediabridge.trust.ceremony import roles
from mediabridge.trust.ceremony.draft import Draft, Published
from mediabridge.trust.ceremony.folder import Opened
from mediabridge.trust.ceremony.roles import Role


@dataclass(frozen=True)
class Standing:
    """How far one role has come."""

    role: str
    signed: tuple[str, ...]
    """The holders whose signatures are there; one with half a pair is in both lists."""
    missing: tuple[str, ...]
    """The holders who may sign and have not, or not with all their keys."""
    needed: int
    """So many signatures are still needed; of a root the larger number of old and new."""


def standings(draft: Draft, published: Published | None) -> list[Standing]:
    """Return how far each role has come, in the order of signing.

    Raises:
        DraftChangedError: a signature in it is not, or no longer, one of these bytes.
        DraftInvalidError: the root is not one that can be signed.
    """
    _check_root(draft, published)
    return progress(draft, published)


def progress(draft: Draft, published: Published | None) -> list[Standing]:
    """Return the same of a draft whose root is still being put together.

    Raises:
        DraftChangedError: as :func:`standings`.
    """
    found = []
    for role, metadata in draft.metadata().items():
        keys = _keys_of(role, draft, published)
        _check_signatures(role, metadata, keys)
        signed = [key for key_id, key in keys.items() if key_id in metadata.signatures]
        unsigned = [key for key_id, key in keys.items() if key_id not in metadata.signatures]
        found.append(
            Standing(role, _names(signed), _names(unsigned), _needed(role, draft, published))
        )
    return found


def check_complete(standing: Sequence[Standing]) -> None:
    """See that nothing is missing.

    Raises:
        CeremonyIncompleteError: something is; the first of it is named.
    """
    for each in standing:
        if each.needed:
            names = ", ".join(each.missing)
            raise errors.CeremonyIncompleteError(
                role=Role.of(each.role), count=each.needed, names=names
            )


def role_of(opened: Opened, key_id: str) -> str:
    """Return what the key *key_id* signs in the draft, now that it is its turn.

    Raises:
        UsageError: nothing, or it has signed already.
        CeremonyIncompleteError: it is not its turn.
        DraftInvalidError, DraftChangedError: as :func:`standings`.
    """
    draft = opened.wanted
    before: list[Standing] = []
    for standing in standings(draft, opened.published):
        if key_id in _keys_of(standing.role, draft, opened.published):
            if key_id in draft.metadata()[standing.role].signatures:
                detail = locale.text(
                    "this key has signed {role} already", role=Role.of(standing.role)
                )
                raise errors.UsageError(detail=detail)
            check_complete(before)
            return standing.role
        before.append(standing)
    raise errors.UsageError(detail=locale.text("this key has nothing to sign in this draft"))


def sign(shown: Opened, signer: Signer) -> Opened:
    """Sign with *signer* what was *shown*, save it, and return what the folder holds now.

    Raises:
        DraftInvalidError: the folder holds another draft by now; nothing was signed.
        UsageError, CeremonyIncompleteError, DraftChangedError: as :func:`role_of`.
        OSError: it cannot be written; the draft is as it was.
    """
    opened = folders.open_folder(shown.folder.path)
    if opened.data != shown.data:
        raise errors.DraftInvalidError(detail=locale.text("it was changed after it was shown"))
    role = role_of(opened, signer.public_key.keyid)
    opened.wanted.metadata()[role].sign(signer, append=True)
    # Read back by the rules for everybody: a token that signs with another key is found here.
    signed = drafts.parse(opened.wanted.dump(), opened.published)
    standings(signed, opened.published)
    folders.save(opened.folder, signed)
    return folders.open_folder(opened.folder.path)


def signers_of(draft: Draft, published: Published | None) -> list[str]:
    """Return whose signatures are in *draft*; a change of it would lose them."""
    root = draft.authority(published)
    old = {} if published is None else published.root.keys
    known = {**old, **root.keys}
    ids = {each for metadata in draft.metadata().values() for each in metadata.signatures}
    return list(_names([known[each] for each in ids if each in known]))


def _check_root(draft: Draft, published: Published | None) -> None:
    live = draft.trust.mode == "live"
    problems = list(roles.problems(draft.authority(published), live=live))
    if problems:
        raise errors.DraftInvalidError(detail="; ".join(problems))


def _keys_of(role: str, draft: Draft, published: Published | None) -> dict[str, Key]:
    """Return the keys that may sign *role*; of a root those of the old one, too."""
    roots = [draft.authority(published)]
    if role == "root" and published is not None:
        roots.insert(0, published.root)
    return {
        key_id: root.keys[key_id] for root in roots for key_id in sorted(root.roles[role].keyids)
    }


def _needed(role: str, draft: Draft, published: Published | None) -> int:
    metadata = draft.metadata()[role]
    roots = [draft.authority(published)]
    if role == "root" and published is not None:
        roots.append(published.root)
    return max(
        each.get_verification_result(role, metadata.signed_bytes, metadata.signatures).missing
        for each in roots
    )


def _check_signatures(role: str, metadata: Metadata[Any], keys: dict[str, Key]) -> None:
    bad = []
    for key_id, signature in metadata.signatures.items():
        key = keys.get(key_id)
        try:
            if key is None:
                bad.append(key_id[:12])
            else:
                key.verify_signature(signature, metadata.signed_bytes)
        except UnverifiedSignatureError:
            bad.append(tuf_keys.holder_of(keys[key_id]))
    if bad:
        raise errors.DraftChangedError(role=Role.of(role), names=", ".join(sorted(set(bad))))


def _names(keys: Sequence[Key]) -> tuple[str, ...]:
    return tuple(sorted({tuf_keys.holder_of(key) for key in keys}))
