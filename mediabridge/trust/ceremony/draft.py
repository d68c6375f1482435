"""The draft of the next version: one file, ``draft.json``, so that it is never half written.

It holds ``trust.json`` and the TUF metadata of the version, with whatever signatures are
there already: canonical JSON with the members ``format``, ``trust``, ``root`` (null where
the root does not change), ``targets``, ``snapshot`` and ``timestamp``.
"""

from __future__ import annotations

import copy
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NoReturn

from pydantic import BaseModel, ConfigDict, ValidationError
from tuf.api.exceptions import RepositoryError
from tuf.api.metadata import (
    Metadata,
    MetaFile,
    Root,
    Signed,
    Snapshot,
    TargetFile,
    Targets,
    Timestamp,
)
from tuf.api.serialization import DeserializationError

from mediabridge import canonical, locale
from mediabridge.bundle.header import Format
from mediabridge.errors import DraftChangedError, DraftInvalidError, TrustInvalidError
from mediabridge.trust import trust_data, tuf_keys
from mediabridge.trust.ceremony import roles, root_form
from mediabridge.trust.ceremony.roles import Role
from mediabridge.trust.generations import TARGET
from mediabridge.trust.repository import Expiry
from mediabridge.trust.trust_data import TrustData
from mediabridge.validation import field_problems

_LIFE: Final = Expiry()


@dataclass(frozen=True)
class Published:
    """What was published last, as far as the next version follows from it."""

    root: Root
    trust: TrustData
    snapshot: int
    timestamp: int
    """The versions of these two files; that of targets is the one of the trust data."""
    first_root: str = ""
    """The SHA-256 of the first root, which people have on paper."""


@dataclass(frozen=True)
class Draft:
    """The next version with its signatures so far; ``root`` is None when it does not change."""

    trust: TrustData
    root: Metadata[Root] | None
    targets: Metadata[Targets]
    snapshot: Metadata[Snapshot]
    timestamp: Metadata[Timestamp]

    def metadata(self) -> dict[str, Metadata[Any]]:
        """Return what has to be signed, by role, in the order of signing."""
        found: dict[str, Metadata[Any] | None] = {
            "root": self.root,
            "targets": self.targets,
            "snapshot": self.snapshot,
            "timestamp": self.timestamp,
        }
        return {role: each for role, each in found.items() if each is not None}

    def authority(self, published: Published | None) -> Root:
        """Return the root whose keys sign the other three: the new one, or the published one.

        Raises:
            DraftInvalidError: there is neither.
        """
        if self.root is not None:
            return self.root.signed
        if published is None:
            raise DraftInvalidError(detail=locale.text("the first version needs a root"))
        return published.root

    def dump(self) -> bytes:
        """Return the bytes of ``draft.json``."""
        signed = {role: each.to_dict() for role, each in self.metadata().items()}
        trust = self.trust.model_dump(mode="json")
        return canonical.dump({"format": 1, "root": None, **signed, "trust": trust})


class _File(BaseModel):
    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid", strict=True)

    format: Format
    trust: dict[str, Any]
    root: dict[str, Any] | None
    targets: dict[str, Any]
    snapshot: dict[str, Any]
    timestamp: dict[str, Any]


def compose(
    published: Published | None,
    root: Root,
    trust: TrustData,
    now: datetime,
    *,
    before: Draft | None = None,
    renew: bool = False,
) -> Draft:
    """Return the draft in which *root* and *trust* follow what is *published*.

    Args:
        published: What was published last; None for the first version.
        root: What the root shall say; its version and date are set here.
        trust: What ``trust.json`` shall say; its version has been set.
        now: From when everything counts.
        before: The draft so far: a root that stays the same keeps its signatures.
        renew: Whether a root that says the same is signed anew, for a later date.
    """
    version = trust.version
    content = TargetFile.from_data(TARGET, trust.dump(), ["sha256"])
    # Under a root that takes the place of another, all numbers go on: so a stick from before is
    # older, not mixed, where the same keys vouched for it.
    last = published or Published(root, trust, version - 1, version - 1)
    return Draft(
        trust,
        _next_root(published, root, now, before, renew=renew),
        Metadata(Targets(version=version, expires=now + _LIFE.targets, targets={TARGET: content})),
        Metadata(
            Snapshot(
                version=last.snapshot + 1,
                expires=now + _LIFE.snapshot,
                meta={"targets.json": MetaFile(version)},
            )
        ),
        Metadata(
            Timestamp(
                version=last.timestamp + 1,
                expires=now + _LIFE.timestamp,
                snapshot_meta=MetaFile(last.snapshot + 1),
            )
        ),
    )


def parse(data: bytes, published: Published | None) -> Draft:
    """Read ``draft.json``, which has to follow what is *published*.

    Raises:
        DraftInvalidError: not canonical JSON, not of this shape, its parts do not belong
            together, or another version was published meanwhile.
        DraftChangedError: a part was changed after somebody signed it.
    """
    try:
        canonical.load(data)
        file = _File.model_validate_json(data)
        root = None if file.root is None else _root(file.root)
        draft = Draft(
            trust_data.parse(canonical.dump(file.trust)),
            root,
            _metadata(file.targets, "targets"),
            _metadata(file.snapshot, "snapshot"),
            _metadata(file.timestamp, "timestamp"),
        )
        _check_together(draft, published)
    except ValidationError as error:
        raise DraftInvalidError(detail=field_problems(error)) from None
    except TrustInvalidError as error:
        raise DraftInvalidError(detail=error.facts["detail"]) from None
    except ValueError as error:
        raise DraftInvalidError(detail=str(error)) from None
    return draft


def is_of(data: bytes, trust: TrustData) -> bool:
    """Tell whether the ``draft.json`` in *data* is the one by which *trust* was published."""
    with suppress(ValueError):
        document = canonical.load(data)
        if isinstance(document, dict) and "trust" in document:
            return canonical.dump(document["trust"]) == trust.dump()
    return False


def _next_root(
    published: Published | None, root: Root, now: datetime, before: Draft | None, *, renew: bool
) -> Metadata[Root] | None:
    if before is not None and before.root is not None and roles.same(before.root.signed, root):
        return before.root
    if published is not None and roles.same(published.root, root) and not renew:
        return None
    signed = copy.deepcopy(root)
    signed.version = 1 if published is None else published.root.version + 1
    signed.expires = now + _LIFE.root
    return Metadata(signed)


def _root(document: dict[str, Any]) -> Metadata[Root]:
    metadata: Metadata[Root] = _metadata(document, "root")
    root_form.check(metadata.signed)
    return metadata


def _metadata(document: dict[str, Any], role: str) -> Metadata[Any]:
    try:
        # The library empties the dictionaries it reads from.
        metadata: Metadata[Any] = Metadata.from_dict(copy.deepcopy(document))
    except (ValueError, KeyError, TypeError, AttributeError, DeserializationError, RepositoryError):
        metadata = Metadata(Root())
        document = {}
    if metadata.signed.type != role or not document:
        msg = locale.text("{role}: no metadata of this role", role=Role.of(role))
        raise ValueError(msg)
    return metadata


def _check_together(draft: Draft, published: Published | None) -> None:
    # A first root may go on with the trust data of a root that was lost.
    version = draft.trust.version if published is None else published.trust.version + 1
    if draft.trust.version != version:
        msg = locale.text(
            "it makes version {got}, the next one is {wanted}",
            got=draft.trust.version,
            wanted=version,
        )
        raise ValueError(msg)
    if published is not None and draft.trust.city != published.trust.city:
        raise ValueError(locale.text("it is of another city"))
    authority = draft.authority(published)
    # The dates are the draft's own: they are shown to whoever signs.
    wanted = compose(published, authority, draft.trust, draft.targets.signed.expires).metadata()
    for role, got in draft.metadata().items():
        if role == "root":
            before = 0 if published is None else published.root.version
            fits = got.signed.version == before + 1
        else:
            fits = _without_date(got.signed) == _without_date(wanted[role].signed)
        if not fits:
            _refuse(role, got, authority)


def _without_date(signed: Signed) -> dict[str, Any]:
    return {**signed.to_dict(), "expires": None}


def _refuse(role: str, metadata: Metadata[Any], authority: Root) -> NoReturn:
    """Say that a part does not fit the others, and whose signature it loses by that."""
    signed = [authority.keys[each] for each in metadata.signatures if each in authority.keys]
    if signed:
        names = ", ".join(sorted({tuf_keys.holder_of(each) for each in signed}))
        raise DraftChangedError(role=Role.of(role), names=names)
    msg = locale.text("{role} does not belong to the rest", role=Role.of(role))
    raise ValueError(msg)
